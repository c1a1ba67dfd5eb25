using System.Diagnostics;
using FsCheck;
using FsCheck.Fluent;
using Workflow.Review;
using Workflow.Review.Reading;

namespace Workflow.Tests.Review;

public sealed class ReviewPropertyTests
{
    // Pieces that meet every branch of the readers: markers, quotes, fences, keywords, words of every rule, other scripts, odd blanks.
    private static readonly string[] Pieces =
    [
        "## ADDED Requirements\n", "## MODIFIED Requirements\n", "### Requirement: ", "#### Scenario: ", "- **WHEN** ", "- **THEN** ", "AND ", "WHEN", "THEN ", "```\n", "~~~\n", "`", "``",
        "\"", "“", "”", "'", "<!--", "-->", "<!-- review: ignore -->", "(", ")", "[", "](", "<a", ">", "https://", "\r\n", "\n", "\n\n", "\r", "\t", "\u00a0", "\ufeff", "\u2028", "\u0001", "😀",
        "系统", "。", "TBD", "???", "fast", "The system SHALL ", "etc.", "e.g. ", "as soon as", "within 5", "and/or", "it", "| a | b |", "1. ", "**", "__", ":", ";", ". ", "word ", "timeout ", "SHALL be removed ",
        "than", "- ", "  - ", "#", "as described above", "{name}", "%", "TODO: ",
    ];

    private static readonly Arbitrary<string> Texts = Gen.Elements(Pieces).ArrayOf().Select(string.Concat).ToArbitrary();

    [Fact]
    public void Findings_AnyText_NoCrashAndEveryQuoteIsVerbatimOnItsLine() => Prop.ForAll(Texts, text =>
    {
        var specimen = new Specimen { Delta = "## ADDED Requirements\n### Requirement: a\n" + text, MainSpec = text, Proposal = text, Tasks = text };
        foreach (var finding in specimen.Findings())
        {
            var document = OpenSpec.Documents.TextDocument.Parse(finding.Path switch { "proposal.md" or "tasks.md" => text, _ => specimen.Delta });
            if (finding.Line is { } line)
                Assert.Contains(finding.Quote, document.GetLine(line).ToString(), StringComparison.Ordinal);
            Assert.InRange(finding.Quote.Length, 0, QuoteAnchor.LongestQuote);
        }
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Findings_AnyText_IdsAreUniqueAndStable() => Prop.ForAll(Texts, text =>
    {
        var specimen = new Specimen { Delta = "## ADDED Requirements\n### Requirement: a\n" + text, Proposal = text };
        var ids = specimen.Findings().Select(finding => finding.Id).ToArray();
        Assert.Equal(ids.Length, ids.Distinct().Count());
        Assert.Equal(ids, specimen.Findings().Select(finding => finding.Id));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Apply_AnyText_KeepsLengthAndLineEnds() => Prop.ForAll(Texts, text =>
    {
        var masked = TextMask.Of(text);
        Assert.Equal(text.Length, masked.Length);
        Assert.All(Enumerable.Range(0, text.Length), i => Assert.True(masked[i] == text[i] || (masked[i] == TextMask.Hidden && text[i] is not ('\n' or '\r'))));
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("`")]
    [InlineData("\"")]
    [InlineData(" '")]
    [InlineData("<!--")]
    [InlineData("fast ")]
    [InlineData("The system SHALL answer fast etc. soon. ")]
    [InlineData("The system SHALL answer\n")]
    [InlineData("- **WHEN** a\n")]
    [InlineData("### Requirement: a\nThe system SHALL answer fast.\n")]
    [InlineData("### Requirement: a\nx\n#### Scenario: b\n- **WHEN** a\n- **THEN** b\n<!-- review: ignore open-list -->\n")]
    [InlineData("(")]
    [InlineData("](")]
    [InlineData("<a")]
    [InlineData("WHEN ")]
    [InlineData(", WHEN ")]
    [InlineData("as soon ")]
    public void Findings_HostileRepetition_TakesLinearTime(string piece)
    {
        Measure(piece, 20_000);
        var ratio = double.MaxValue;
        for (var attempt = 0; attempt < 5 && ratio > 24; attempt++)
        {
            // 8 times the text: 8 times the time when linear, 64 times when quadratic. The floor and the attempts keep noise out.
            var small = Math.Max(Measure(piece, 60_000), 0.005);
            ratio = Math.Min(ratio, Measure(piece, 480_000) / small);
        }

        Assert.True(ratio <= 24, $"8 times the text took {ratio:F0} times as long");
    }

    private static double Measure(string piece, int length)
    {
        var text = string.Concat(Enumerable.Repeat(piece, length / piece.Length));
        var specimen = new Specimen { Delta = "## ADDED Requirements\n### Requirement: first\nThe system SHALL stop.\n#### Scenario: x\n" + text, Proposal = text };
        var started = Stopwatch.GetTimestamp();
        specimen.Findings();
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
