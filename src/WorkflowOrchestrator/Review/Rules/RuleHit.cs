using OpenSpec.Documents;
using Workflow.Review.Reading;

namespace Workflow.Review.Rules;

/// <summary>A place where a rule applies.</summary>
/// <param name="Document">The file.</param>
/// <param name="Span">What is quoted: a sentence or a header line. Empty length: something is missing from the file.</param>
/// <param name="At">Offset of the words that it is about, within <paramref name="Span"/>.</param>
/// <param name="Severity">Severity at this place.</param>
/// <param name="Message">What is wrong, for a person.</param>
internal sealed record RuleHit(ReviewedDocument Document, SourceSpan Span, int At, FindingSeverity Severity, string Message)
{
    public string? Suggestion { get; init; }

    public FindingQuestion? Question { get; init; }

    /// <summary>The requirement that it is about.</summary>
    public ReviewedRequirement? Requirement { get; init; }

    /// <summary>A hit on words of a sentence.</summary>
    public static RuleHit In(Sentence sentence, int at, FindingSeverity severity, string message) =>
        new(sentence.Document, new SourceSpan(sentence.Start, sentence.End - sentence.Start, 0, 0), at, severity, message);

    /// <summary>A hit on a header line.</summary>
    public static RuleHit On(ReviewedDocument document, SourceSpan header, FindingSeverity severity, string message) =>
        new(document, header, header.Start, severity, message);

    /// <summary>A hit on a file in which something is missing.</summary>
    public static RuleHit Missing(ReviewedDocument document, FindingSeverity severity, string message) =>
        new(document, default, 0, severity, message);
}
