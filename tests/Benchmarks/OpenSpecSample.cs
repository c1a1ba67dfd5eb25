using System.Globalization;
using System.Text;

namespace Benchmarks;

/// <summary>A project of about 500 items with the sizes that real ones have (median delta 2.7 KB, tasks 1.6 KB, design 4 KB); always the same.</summary>
internal static class OpenSpecSample
{
    private const int Specs = 170;
    private const int Changes = 330;

    /// <summary>Path below <c>openspec</c> to text.</summary>
    public static Dictionary<string, string> Make()
    {
        var files = new Dictionary<string, string>(StringComparer.Ordinal) { ["config.yaml"] = "schema: spec-driven\n" };
        for (var i = 0; i < Specs; i++)
            files[$"specs/capability-{i:000}/spec.md"] = Spec(i);
        for (var i = 0; i < Changes; i++)
        {
            var root = string.Create(CultureInfo.InvariantCulture, $"changes/change-{i:000}");
            files[root + "/.openspec.yaml"] = "schema: spec-driven\ncreated: 2026-01-02\n";
            files[root + "/proposal.md"] = "## Why\n\n" + Prose(8) + "\n## What Changes\n\n" + Prose(10);
            files[root + "/design.md"] = "## Context\n\n" + Prose(30);
            files[root + "/tasks.md"] = Tasks();
            files[root + $"/specs/capability-{i % Specs:000}/spec.md"] = Delta(i);
        }

        return files;
    }

    private static string Spec(int number)
    {
        var text = new StringBuilder($"# capability-{number:000} Specification\n\n## Purpose\n{Prose(2)}\n## Requirements\n");
        for (var i = 0; i < 8; i++)
            text.Append(Requirement($"Rule {i}", 3));
        return text.ToString();
    }

    private static string Delta(int number)
    {
        var text = new StringBuilder("## ADDED Requirements\n");
        text.Append(Requirement($"New {number}", 2)).Append(Requirement($"Other {number}", 2));
        return text.Append("\n## MODIFIED Requirements\n").Append(Requirement("Rule 3", 4)).ToString();
    }

    private static string Requirement(string name, int scenarios)
    {
        var text = new StringBuilder($"\n### Requirement: {name}\nThe system SHALL keep every order until the customer has confirmed it, and MUST say so.\n");
        for (var i = 0; i < scenarios; i++)
            text.Append(CultureInfo.InvariantCulture, $"\n#### Scenario: case {i} of {name}\n- **WHEN** a customer confirms the order with number {i}\n- **THEN** the order is kept, and the customer is told\n- **AND** the event is recorded\n");
        return text.ToString();
    }

    private static string Tasks()
    {
        var text = new StringBuilder("# Tasks\n");
        for (var group = 1; group <= 4; group++)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n## {group}. Part {group}\n\n");
            for (var i = 1; i <= 5; i++)
                text.Append(CultureInfo.InvariantCulture, $"- [{(i % 2 == 0 ? 'x' : ' ')}] {group}.{i} Do the thing that is needed here and verify it with a test\n");
        }

        return text.ToString();
    }

    private static string Prose(int lines) => string.Concat(Enumerable.Repeat("Orders are lost when the connection breaks, and nobody notices until the customer calls.\n", lines));
}
