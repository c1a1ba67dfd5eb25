namespace McpOrchestrator.Agents.Librarian.Passages;

/// <summary>What kind of text a passage is.</summary>
internal enum PassageKind
{
    Requirement,
    Scenario,
    Section,
}

/// <summary>A piece of a document that can be quoted as evidence.</summary>
/// <param name="Kind">Requirement, scenario, or part of a section.</param>
/// <param name="Line">First line in the file, from 1; the heading's line for a requirement, scenario, or the first part of a section.</param>
/// <param name="EndLine">Last line, included.</param>
/// <param name="Title">Name of the requirement or scenario, or the nearest heading.</param>
/// <param name="Context">What it stands under: capability, requirement, outer headings.</param>
/// <param name="Text">The lines as they stand in the file, joined by <c>\n</c>.</param>
internal sealed record Passage(PassageKind Kind, int Line, int EndLine, string Title, string Context, string Text);
