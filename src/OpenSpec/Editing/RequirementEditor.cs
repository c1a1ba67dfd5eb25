using OpenSpec.Documents;
using OpenSpec.Parsing;

namespace OpenSpec.Editing;

/// <summary>
/// Edits of requirement and scenario blocks, in delta specs and main specs alike. A block is found by its exact name and, where the edit was
/// made from an earlier text, checked by that text's hash (<see cref="TextEdits.Hash"/> of <see cref="Requirement.Text"/>).
/// </summary>
public static class RequirementEditor
{
    /// <summary>Replaces a whole requirement block.</summary>
    /// <param name="text">The document.</param>
    /// <param name="name">The requirement's name.</param>
    /// <param name="block">The new block with its header.</param>
    /// <param name="expectedHash">Hash of the block that the new one was made from; null not to check.</param>
    public static EditTarget ReplaceRequirement(string text, string name, string block, string? expectedHash = null) =>
        WithRequirement(text, name, expectedHash, r => new(r.Span.Start, r.Span.In(text), LineEnds.Adapt(EcmaText.TrimEnd(block), text)));

    /// <summary>Replaces a requirement's statement: the text between its header and its first scenario.</summary>
    public static EditTarget ReplaceStatement(string text, string name, string statement, string? expectedHash = null) =>
        WithRequirement(text, name, expectedHash, r => r.BodySpan is { } body
            ? new(body.Start, body.In(text), LineEnds.Adapt(EcmaText.Trim(statement), text))
            : new(r.Header.End, "", LineEnds.Adapt("\n" + EcmaText.Trim(statement), text)));

    /// <summary>Removes a requirement block and the blank lines after it.</summary>
    public static EditTarget RemoveRequirement(string text, string name, string? expectedHash = null) =>
        WithRequirement(text, name, expectedHash, r => Removal(text, r.Span));

    /// <summary>Adds a requirement block to a delta section, after its last block; makes the section at the end of the document when there is none.</summary>
    /// <param name="text">The delta spec.</param>
    /// <param name="operation">Added or modified; the other two hold names, not blocks.</param>
    /// <param name="block">The block with its header.</param>
    public static EditTarget AddRequirement(string text, DeltaOperation operation, string block)
    {
        if (operation is not (DeltaOperation.Added or DeltaOperation.Modified))
            return new EditTarget.Missing("Only the sections ADDED and MODIFIED Requirements hold whole requirements.");
        var content = EcmaText.TrimEnd(block);
        if (DeltaSpec.Parse(text).Sections.LastOrDefault(s => s.Operation == operation) is { } section)
            return new EditTarget.Found(new(section.Span.End, "", LineEnds.Adapt("\n\n" + content, text)));
        var title = operation == DeltaOperation.Added ? "ADDED" : "MODIFIED";
        return DocumentEditor.AppendToSection(text, $"{title} Requirements", content);
    }

    /// <summary>Replaces a scenario with its header.</summary>
    public static EditTarget ReplaceScenario(string text, string requirement, string scenario, string block, string? expectedHash = null) =>
        WithScenario(text, requirement, scenario, expectedHash, s => new(s.Span.Start, s.Span.In(text), LineEnds.Adapt(EcmaText.TrimEnd(block), text)));

    /// <summary>Removes a scenario with its header and the blank lines after it.</summary>
    public static EditTarget RemoveScenario(string text, string requirement, string scenario, string? expectedHash = null) =>
        WithScenario(text, requirement, scenario, expectedHash, s => Removal(text, s.Span));

    /// <summary>Adds a scenario at the end of a requirement.</summary>
    public static EditTarget AddScenario(string text, string requirement, string block, string? expectedHash = null) =>
        WithRequirement(text, requirement, expectedHash, r => new(EndOfScenarios(r), "", LineEnds.Adapt("\n\n" + EcmaText.Trim(block), text)));

    /// <summary>All requirement blocks of a document: of a delta spec those added and modified, of a main spec all.</summary>
    public static IReadOnlyList<Requirement> RequirementsOf(string text)
    {
        var delta = DeltaSpec.Parse(text);
        return delta.HasDeltaSections ? [.. delta.Added, .. delta.Modified] : MainSpec.Parse(text).Requirements;
    }

    private static EditTarget WithRequirement(string text, string name, string? expectedHash, Func<Requirement, TextEdit> edit)
    {
        var found = RequirementsOf(text).Where(r => string.Equals(r.Name, name, StringComparison.Ordinal)).Take(2).ToArray();
        if (found.Length != 1)
            return new EditTarget.Missing(found.Length == 0 ? $"There is no requirement \"{name}\"." : $"There is more than one requirement \"{name}\".");
        return DocumentEditor.IsStale(found[0].Text, expectedHash)
            ? new EditTarget.Missing($"The requirement \"{name}\" has changed since the edit was made.")
            : new EditTarget.Found(edit(found[0]));
    }

    private static EditTarget WithScenario(string text, string requirement, string scenario, string? expectedHash, Func<Scenario, TextEdit> edit)
    {
        var missing = default(string);
        var target = WithRequirement(text, requirement, null, r =>
        {
            var found = r.Scenarios.Where(s => string.Equals(s.Name, scenario, StringComparison.Ordinal)).Take(2).ToArray();
            if (found.Length != 1)
                missing = $"The requirement \"{requirement}\" has {(found.Length == 0 ? "no" : "more than one")} scenario \"{scenario}\".";
            else if (DocumentEditor.IsStale(EcmaText.NormalizeLineEnds(found[0].Span.In(text)), expectedHash))
                missing = $"The scenario \"{scenario}\" has changed since the edit was made.";
            return missing is null ? edit(found[0]) : new(0, "", "");
        });
        return missing is null ? target : new EditTarget.Missing(missing);
    }

    /// <summary>After the last scenario, before a note that the block may have absorbed; after the block when it has none.</summary>
    private static int EndOfScenarios(Requirement requirement) =>
        requirement.Scenarios.Count > 0 ? requirement.Scenarios[^1].Span.End : requirement.BodySpan?.End ?? requirement.Header.End;

    private static TextEdit Removal(string text, SourceSpan span)
    {
        var end = span.End;
        while (end < text.Length && EcmaText.IsSpace(text[end]))
            end++;
        // Blanks that indent the next line belong to it; and the document keeps its last line end.
        while (end > span.End && end < text.Length && text[end - 1] is not ('\n' or '\r'))
            end--;
        if (end < text.Length)
            return new(span.Start, text[span.Start..end], "");
        var start = span.Start;
        while (start > 0 && EcmaText.IsSpace(text[start - 1]) && text[start - 1] != '\ufeff')
            start--;
        return new(start, text[start..span.End], "");
    }
}
