using OpenSpec.Documents;
using OpenSpec.Parsing;

namespace OpenSpec.Validation;

/// <summary>Rules S1 to S15 on a main spec.</summary>
internal static class SpecValidator
{
    public const int MinPurposeLength = 50;
    public const int MaxRequirementLength = 500;

    public static IssueList Validate(MainSpec spec, string? file)
    {
        var issues = new IssueList();
        var purpose = spec.Purpose;
        if (purpose is not { HasContent: true })
        {
            issues.Add("S1", "file", null, "The spec has no purpose. Add a section \"## Purpose\" with a sentence or two.", file);
            return issues;
        }

        if (spec.Outline.Find("Requirements") is not { } section)
        {
            issues.Add("S2", "file", null, "The spec has no requirements section. Add \"## Requirements\".", file);
            return issues;
        }

        var requirements = section.Children.Select(c => new TreeRequirement(spec.Source, c)).ToArray();
        CheckTree(requirements, file, issues);
        foreach (var issue in SpecStructure.Find(spec.Source))
            issues.Add(issue.Rule, "file", issue.Line, issue.Message, file, issue.Requirement);
        CheckPurpose(spec, purpose, file, issues);
        CheckLengths(requirements, file, issues);
        CheckStatements(spec.Requirements, file, issues);
        return issues;
    }

    private static void CheckTree(TreeRequirement[] requirements, string? file, IssueList issues)
    {
        if (requirements.Length == 0)
            issues.Add("S3", "requirements", null, "The spec has no requirement. Add \"### Requirement: NAME\" below \"## Requirements\".", file);
        for (var i = 0; i < requirements.Length; i++)
        {
            if (requirements[i].TextLength == 0)
                issues.Add("S5", $"requirements.{i}.text", null, "The requirement has no text. Write its statement.", file);
            if (!requirements[i].HasScenario)
                issues.Add("S4", $"requirements.{i}.scenarios", null, $"\"{requirements[i].Title}\" (line {requirements[i].Line}) has no scenario. Add \"#### Scenario: NAME\" with its steps.", file, requirements[i].Title, requirements[i].Line);
        }
    }

    private static void CheckPurpose(MainSpec spec, Section purpose, string? file, IssueList issues)
    {
        if (PurposePlaceholder.IsPlaceholder(spec, purpose, out var line))
            issues.Add("S10", "overview", line, "The purpose is a placeholder. Write here, in the main spec, what the capability is for: a purpose in a delta is read only when the capability is new.", file);
        else if (purpose.Content.Length < MinPurposeLength)
            issues.Add("S11", "overview", null, $"The purpose has fewer than {MinPurposeLength} characters. Say what the capability is for.", file, sourceLine: purpose.Header.Line);
    }

    private static void CheckLengths(TreeRequirement[] requirements, string? file, IssueList issues)
    {
        for (var i = 0; i < requirements.Length; i++)
        {
            var (title, line) = (requirements[i].Title, requirements[i].Line);
            if (requirements[i].TextLength > MaxRequirementLength)
                issues.Add("S12", $"requirements[{i}]", null, $"The statement of \"{title}\" (line {line}) has more than {MaxRequirementLength} characters. Think of splitting it.", file, title, line);
            if (!requirements[i].HasScenario)
                issues.Add("S13", $"requirements[{i}].scenarios", null, $"\"{title}\" (line {line}) has no scenario. Scenarios are level-4 headers with steps below: \"#### Scenario: NAME\".", file, title, line);
        }
    }

    private static void CheckStatements(IReadOnlyList<Requirement> requirements, string? file, IssueList issues)
    {
        for (var i = 0; i < requirements.Count; i++)
        {
            var requirement = requirements[i];
            var hint = StatementReader.HasKeyword(requirement.Name) ? " It stands in the header only; the statement belongs on the line below." : "";
            if (!requirement.HasBody)
                issues.Add("S14", $"requirements[{i}]", null, $"The requirement \"{requirement.Name}\" has no statement. Write what the system SHALL or MUST do.{hint}", file, requirement.Name, requirement.Header.Line);
            else if (!requirement.HasKeyword)
                issues.Add("S15", $"requirements[{i}]", null, $"The statement of \"{requirement.Name}\" has neither SHALL nor MUST.{hint}", file, requirement.Name, requirement.Header.Line);
        }
    }

    /// <summary>A requirement as the tree reader sees it: any header directly below the requirements section.</summary>
    private sealed class TreeRequirement
    {
        public TreeRequirement(TextDocument document, Section section)
        {
            Title = section.Title;
            Line = section.HeaderLine + 1;
            var body = StatementReader.ReadTrimmed(document, section.HeaderLine + 1, section.EndLine);
            TextLength = body.LineCount > 0 ? body.Length : section.Title.Length;
            HasScenario = false;
            foreach (var child in section.Children)
                HasScenario |= child.HasContent;
        }

        public string Title { get; }

        public int Line { get; }

        public int TextLength { get; }

        public bool HasScenario { get; }
    }
}
