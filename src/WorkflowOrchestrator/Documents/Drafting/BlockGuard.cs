using System.Globalization;
using System.Text.RegularExpressions;
using OpenSpec.Documents;
using OpenSpec.Editing;
using Workflow.Review.Rules;

namespace Workflow.Documents.Drafting;

/// <summary>
/// What a drafted requirement may be at all, whatever the model that checks it says. Pure, and it errs to one side: what it does not let through is shown
/// as a suggestion, and a person decides.
/// </summary>
internal static partial class BlockGuard
{
    private const int MostNewScenarios = 2;

    // A new scenario or two; more is another text.
    private const int MostGrowth = 1200;

    /// <summary>Why the new text may not be written; null when it may.</summary>
    /// <param name="before">The block, LF line ends.</param>
    /// <param name="after">What the model wrote.</param>
    /// <param name="material">The answers: the only other source of facts.</param>
    public static string? Refusal(string before, string after, IReadOnlyList<string> material)
    {
        if (after.Trim() == before.Trim())
            return "the new text is the old one";
        if (after.Length > before.Length * 2 + MostGrowth)
            return "the new text is much longer";
        return Form(before, after) ?? Lost(before, after) ?? Hidden(before, after) ?? Facts(before, after, material);
    }

    private static string? Form(string before, string after)
    {
        var document = $"## ADDED Requirements\n\n{after}\n";
        var delta = DeltaSpec.Parse(document);
        if (delta.Added.Count != 1 || delta.EntryCount != 1 || delta.Sections.Count != 1 || delta.Orphans.Count + delta.SkippedHeaders.Count > 0)
            return "the new text is not exactly one requirement";
        var old = DeltaSpec.Parse($"## ADDED Requirements\n\n{before}\n");
        if (old.Added.Count != 1)
            return "the old text is not exactly one requirement";
        var (oldBlock, newBlock) = (old.Added[0], delta.Added[0]);
        if (newBlock.Text != TextOf(after) || FirstLine(before) != FirstLine(after))
            return "the header of the requirement would change";
        var names = newBlock.Scenarios.Select(scenario => scenario.Name).ToList();
        if (oldBlock.Scenarios.FirstOrDefault(scenario => !names.Remove(scenario.Name)) is { } lost)
            return $"the scenario '{lost.Name}' would be lost";
        if (names.Count > MostNewScenarios)
            return $"{names.Count} scenarios would be added";
        return Headings(after) - Headings(before) > names.Count ? "headings would be added" : null;
    }

    // A check call that was talked over must not be enough to take a duty, a prohibition or a line away.
    private static string? Lost(string before, string after)
    {
        if (Duty().Count(after) < Duty().Count(before))
            return "a duty would be lost";
        if (Prohibition().Count(after) < Prohibition().Count(before))
            return "a prohibition would be lost";
        return Lines(after) < Lines(before) ? "lines would be lost" : null;
    }

    private static int Lines(string text) => text.Split('\n').Count(line => !string.IsNullOrWhiteSpace(line));

    private static string? Hidden(string before, string after)
    {
        if (HiddenInstructionRule.IsAimed(after))
            return "the new text gives instructions to its reader, or hides characters";
        if (after.Any(c => char.IsControl(c) && c is not ('\n' or '\t')))
            return "the new text has control characters";
        foreach (var (mark, what) in new[] { ("<!--", "a comment"), ("](", "a link"), ("://", "an address"), ("```", "a code block"), ("~~~", "a code block"), ("../", "a path that leads out of its folder") })
        {
            if (Count(after, mark) > Count(before, mark))
                return $"{what} would be added";
        }

        return MarkupTag().Count(after) > MarkupTag().Count(before) ? "markup would be added" : null;
    }

    // Numbers and code spans are facts: they have to come from somewhere.
    private static string? Facts(string before, string after, IReadOnlyList<string> material)
    {
        var sources = string.Join('\n', material.Prepend(before));
        var known = Number().Matches(sources).Select(match => match.Value).ToHashSet(StringComparer.Ordinal);
        if (Number().Matches(after).FirstOrDefault(match => !known.Contains(match.Value)) is { } invented)
            return string.Create(CultureInfo.InvariantCulture, $"the number {invented.Value} comes from nowhere");
        return CodeSpan().Matches(after).FirstOrDefault(match => !sources.Contains(match.Groups[1].Value, StringComparison.Ordinal)) is { } span
            ? $"the name {Markdown.Code(Markdown.Shorten(span.Groups[1].Value, 60))} comes from nowhere"
            : null;
    }

    private static int Headings(string text) => text.Split('\n').Count(line => line.StartsWith('#'));

    private static int Count(string text, string mark) => text.AsSpan().Count(mark);

    private static string FirstLine(string text) => text[..(text.IndexOf('\n', StringComparison.Ordinal) is >= 0 and var end ? end : text.Length)].TrimEnd();

    private static string TextOf(string block) => RequirementEditor.RequirementsOf($"## ADDED Requirements\n\n{block}\n") is [var only] && block.TrimEnd() == only.Text ? only.Text : "";

    [GeneratedRegex(@"\b(SHALL|MUST)\b")]
    private static partial Regex Duty();

    [GeneratedRegex(@"\b(not|no|never|cannot|without)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Prohibition();

    [GeneratedRegex(@"\d+(?:[.,]\d+)*")]
    private static partial Regex Number();

    [GeneratedRegex("`([^`\n]+)`")]
    private static partial Regex CodeSpan();

    [GeneratedRegex("<[A-Za-z/!?]")]
    private static partial Regex MarkupTag();
}
