using System.Globalization;
using System.Text;
using OpenSpec.Documents;
using Workflow.Review.Reading;

namespace Workflow.Review.ModelBacked;

/// <summary>What one call is about: a requirement, or a section of the proposal or the design.</summary>
/// <param name="Kind">"requirement", "proposal" or "design".</param>
/// <param name="Path">Its document, relative to the change's folder.</param>
/// <param name="Source">The document.</param>
/// <param name="Span">Its place there.</param>
internal sealed record ReviewSection(string Kind, string Path, TextDocument Source, SourceSpan Span)
{
    /// <summary>The requirement; null for sections of proposal and design.</summary>
    public ReviewedRequirement? Requirement { get; init; }

    /// <summary>It is part of a section that is too long for one call.</summary>
    public bool IsPiece { get; init; }

    public string Text => Source.Text.Substring(Span.Start, Span.Length).ReplaceLineEndings("\n");

    /// <summary>Its first line in the document.</summary>
    public int FirstLine => Source.GetPosition(Span.Start).Line;

    public int LastLine => Source.GetPosition(Span.End).Line;

    /// <summary>The text with its lines numbered from 1: the same wherever the section stands.</summary>
    public string Numbered()
    {
        var result = new StringBuilder(Span.Length + 64);
        var number = 1;
        foreach (var line in Text.Split('\n'))
            result.Append(CultureInfo.InvariantCulture, $"{number++}| {line}\n");
        return result.ToString().TrimEnd('\n');
    }

    public bool Holds(FindingDraft draft) => draft.Path == Path && draft.Line is { } line && line >= FirstLine && line <= LastLine;
}

/// <summary>Cuts a change into sections. Pure.</summary>
internal static class ReviewSections
{
    // A longer section would not leave room for anything else in a small context: it is read in pieces. A single line over this is no prose and is left to the rules.
    private const int LongestSection = 12_000;
    private const int ShortestSection = 60;

    public static IReadOnlyList<ReviewSection> Of(ReviewedChange change)
    {
        var sections = new List<ReviewSection>();
        foreach (var requirement in change.Requirements.Where(requirement => requirement.Changed.Any()))
            Add("requirement", requirement.Document.Path, requirement.Document.Source, requirement.Block.Span, requirement);
        if (change.Proposal is { } proposal)
            AddOutline("proposal", proposal.Path, change.Documents.Proposal!.Content.Outline);
        if (change.Documents.Design is { } design)
            AddOutline("design", ReviewedChangeReader.Relative(change.Documents.Id, design.Path), design.Content);
        return sections;

        void AddOutline(string kind, string path, MarkdownDocument outline)
        {
            foreach (var section in outline.AllSections().Where(section => section.Level == 2 && !IsOurs(section.Title)))
                Add(kind, path, outline.Source, section.Span, null);
        }

        void Add(string kind, string path, TextDocument source, SourceSpan span, ReviewedRequirement? requirement)
        {
            var pieces = SectionPieces.Of(source, span, LongestSection);
            sections.AddRange(pieces
                .Where(piece => piece.Length is >= ShortestSection and <= LongestSection)
                .Select(piece => new ReviewSection(kind, path, source, piece) { Requirement = requirement, IsPiece = pieces.Count > 1 }));
        }
    }

    // What the daemon itself has written there is no text of the author.
    private static bool IsOurs(string title) => title.Equals("Clarifications", StringComparison.OrdinalIgnoreCase);
}
