using OpenSpec.Documents;
using Workflow.Review;

namespace Workflow.Tests.Review;

public sealed class QuoteAnchorTests
{
    private static readonly Dictionary<string, TextDocument> Texts = new() { ["a.md"] = TextDocument.Parse("one fast thing\r\nanother fast thing\n") };

    [Theory]
    [InlineData("a.md", "another fast", null, 2)]
    [InlineData("a.md", "fast", 2, 2)]
    [InlineData("a.md", "fast", 99, 1)]
    [InlineData("a.md", "fast", null, 1)]
    public void Ground_QuoteInTheText_GetsItsLine(string path, string quote, int? hint, int line) =>
        Assert.Equal(line, Assert.Single(QuoteAnchor.Ground([Draft(path, quote) with { Line = hint }], Texts).Findings).Line);

    [Theory]
    [InlineData("a.md", "slow")]
    [InlineData("a.md", "Fast")]
    [InlineData("b.md", "fast")]
    [InlineData("a.md", "thing\r\nanother")]
    public void Ground_QuoteNotInTheText_IsDroppedAndCounted(string path, string quote)
    {
        var (findings, ungrounded) = QuoteAnchor.Ground([Draft(path, quote), Draft("a.md", "one")], Texts);
        Assert.Equal(("one", 1), (Assert.Single(findings).Quote, ungrounded));
    }

    [Fact]
    public void Ground_NothingToQuote_IsKept() => Assert.Single(QuoteAnchor.Ground([Draft("", "")], Texts).Findings);

    [Theory]
    [InlineData(0)]
    [InlineData(150)]
    [InlineData(999)]
    public void Cut_LongLine_StaysShortAndHoldsThePlace(int at)
    {
        var text = string.Concat(Enumerable.Repeat("😀", 500));
        var document = TextDocument.Parse(text);
        var (quote, line) = QuoteAnchor.Cut(document, 0, text.Length, at);
        Assert.Equal(1, line);
        Assert.InRange(quote.Length, 1, QuoteAnchor.LongestQuote);
        Assert.Contains(quote, text, StringComparison.Ordinal);
        Assert.False(char.IsLowSurrogate(quote[0]) || char.IsHighSurrogate(quote[^1]));
    }

    private static FindingDraft Draft(string path, string quote) => new("rule", FindingSeverity.Warning, path, quote, "message");
}
