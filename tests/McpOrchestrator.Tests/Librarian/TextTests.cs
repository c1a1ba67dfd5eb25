using FsCheck;
using FsCheck.Fluent;
using McpOrchestrator.Agents.Librarian.Text;

namespace McpOrchestrator.Tests.Librarian;

public sealed class TextTests
{
    // From the vocabulary in Porter's paper.
    [Theory]
    [InlineData("caresses", "caress")]
    [InlineData("ponies", "poni")]
    [InlineData("cats", "cat")]
    [InlineData("feed", "feed")]
    [InlineData("agreed", "agre")]
    [InlineData("plastered", "plaster")]
    [InlineData("motoring", "motor")]
    [InlineData("sing", "sing")]
    [InlineData("conflated", "conflat")]
    [InlineData("hopping", "hop")]
    [InlineData("falling", "fall")]
    [InlineData("filing", "file")]
    [InlineData("happy", "happi")]
    [InlineData("sky", "sky")]
    [InlineData("relational", "relat")]
    [InlineData("conditional", "condit")]
    [InlineData("digitizer", "digit")]
    [InlineData("vietnamization", "vietnam")]
    [InlineData("triplicate", "triplic")]
    [InlineData("electrical", "electr")]
    [InlineData("goodness", "good")]
    [InlineData("adjustment", "adjust")]
    [InlineData("adoption", "adopt")]
    [InlineData("probate", "probat")]
    [InlineData("rate", "rate")]
    [InlineData("controll", "control")]
    [InlineData("größe", "größe")]
    [InlineData("as", "as")]
    public void Stem_PortersExamples_GivesPortersStems(string word, string stem) => Assert.Equal(stem, PorterStemmer.Stem(word));

    [Theory]
    [InlineData("maxRetryCount", "max retri count")]
    [InlineData("rate_limit-exceeded", "rate limit exceed")]
    [InlineData("200ms", "200 ms")]
    [InlineData("HTTPServer", "http server")]
    [InlineData("the user's files", "the user file")]
    [InlineData("kept", "keep")]
    [InlineData("Größe 😀 ok", "größe ok")]
    [InlineData("", "")]
    public void StemsOf_Text_CutsWordsApart(string text, string stems) => Assert.Equal(stems, string.Join(' ', Words.StemsOf(text)));

    [Fact]
    public void Of_AnyText_WordsAreDisjointSlicesInOrder() =>
        Prop.ForAll(ArbMap.Default.ArbFor<string>(), text =>
        {
            var end = 0;
            foreach (var word in Words.Of(text ?? ""))
            {
                if (word.Start < end || word.Length <= 0 || word.Start + word.Length > text!.Length || word.Stem.Any(c => !char.IsLetterOrDigit(c) && c is not ('\'' or '’'))) return false;
                end = word.Start + word.Length;
            }

            return true;
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("within 300 ms", nameof(Dimension.Time))]
    [InlineData("after 30 minutes", nameof(Dimension.Time))]
    [InlineData("a 14-day trial", nameof(Dimension.Time))]
    [InlineData("after five minutes", nameof(Dimension.Time))]
    [InlineData("up to 50 MB", nameof(Dimension.Size))]
    [InlineData("at least 12 characters", nameof(Dimension.Size))]
    [InlineData("99.9 % of requests", nameof(Dimension.Share))]
    [InlineData("3 retries", nameof(Dimension.Count))]
    [InlineData("600 requests a minute", nameof(Dimension.Count))]
    [InlineData("1,000 users", nameof(Dimension.Count))]
    [InlineData("retries twice", nameof(Dimension.Count))]
    [InlineData("RFC 2119 keywords", nameof(Dimension.None))]
    [InlineData("status 404 is returned", nameof(Dimension.None))]
    [InlineData("HTTP 429", nameof(Dimension.None))]
    [InlineData("version 2 of the API", nameof(Dimension.None))]
    [InlineData("on 2025-01-31", nameof(Dimension.None))]
    [InlineData("v2.1.3", nameof(Dimension.None))]
    [InlineData("one of the users", nameof(Dimension.None))]
    [InlineData("3. Wait for it", nameof(Dimension.None))]
    [InlineData("- [x] 2.1 Add the queue", nameof(Dimension.None))]
    [InlineData("built on slice 3 of the plan", nameof(Dimension.None))]
    [InlineData("no number here", nameof(Dimension.None))]
    public void In_Text_FindsWhatIsMeasured(string text, string name)
    {
        var dimension = Enum.Parse<Dimension>(name);
        if (dimension == Dimension.None) Assert.Equal(Dimension.None, Quantities.In(text));
        else Assert.True(Quantities.In(text).HasFlag(dimension), Quantities.In(text).ToString());
    }

    [Fact]
    public void Of_Passage_CutsSentencesItemsAndHeadings()
    {
        const string text = "### Requirement: A\nIt SHALL wait, e.g. for 2 s. Then it goes on.\n\n- **WHEN** x happens\n  and y too\n- **How long?** 5 days.\n";
        Assert.Equal(
            ["### Requirement: A", "It SHALL wait, e.g. for 2 s.", "Then it goes on.", "- **WHEN** x happens\n  and y too", "- **How long?**", "5 days."],
            Sentences.Of(text).Select(r => text[r]));
    }

    [Fact]
    public void Of_AnyText_SentencesHoldEveryVisibleCharacterOnce() =>
        Prop.ForAll(ArbMap.Default.ArbFor<string>(), text =>
        {
            text ??= "";
            var joined = string.Concat(Sentences.Of(text).Select(r => text[r]));
            return Visible(joined) == Visible(text);

            static string Visible(string s) => string.Concat(s.Where(c => !char.IsWhiteSpace(c)));
        }).QuickCheckThrowOnFailure();
}
