using Workflow.Review.Reading;

namespace Workflow.Tests.Review;

public sealed class ReviewTextTests
{
    [Theory]
    [InlineData("a `b c` d", "a  d")]
    [InlineData("a ``b ` c`` d", "a  d")]
    [InlineData("a ` b", "a ` b")]
    [InlineData("say \"fast\" now", "say  now")]
    [InlineData("say “fast” now", "say  now")]
    [InlineData("say 'fast' now", "say  now")]
    [InlineData("don't hide the users' files", "don't hide the users' files")]
    [InlineData("a <!-- fast --> b", "a  b")]
    [InlineData("see [here](fast.md) now", "see [here] now")]
    [InlineData("see https://fast.example/x now", "see  now")]
    [InlineData("a < b and c > d", "a < b and c > d")]
    [InlineData("the <fast-name> of", "the  of")]
    [InlineData("a stray \" stays open\n\nfast", "a stray \" stays open\n\nfast")]
    [InlineData("x\n```\nfast\n```\ny", "x\n\n\n\ny")]
    [InlineData("x\n~~~~\nfast\n~~~\nfast", "x\n\n\n\n")]
    public void Apply_Text_HidesWhatIsOnlyMentioned(string text, string visible)
    {
        var masked = TextMask.Of(text);
        Assert.Equal(text.Length, masked.Length);
        Assert.Equal(visible, masked.Replace(TextMask.Hidden.ToString(), ""));
    }

    [Theory]
    [InlineData("One. Two! Three?", new[] { "One.", "Two!", "Three?" })]
    [InlineData("Files, e.g. a.txt, are read. Next.", new[] { "Files, e.g. a.txt, are read.", "Next." })]
    [InlineData("Version 1.2 is read.", new[] { "Version 1.2 is read." })]
    [InlineData("One\nand the same. Two", new[] { "One\nand the same.", "Two" })]
    [InlineData("- first\n- second. Third", new[] { "first", "second.", "Third" })]
    [InlineData("系统必须。然后", new[] { "系统必须。", "然后" })]
    public void Read_Paragraph_SplitsSentences(string text, string[] expected)
    {
        var document = new ReviewedDocument("a.md", OpenSpec.Documents.TextDocument.Parse(text));
        var sentences = new List<Sentence>();
        ParagraphReader.Read(document, 0, text.Length, SentencePlace.Other, sentences);
        Assert.Equal(expected, sentences.Select(sentence => sentence.ToString()));
    }

    [Fact]
    public void Findings_ModifiedRequirement_OnlyNewSentencesAreReviewed()
    {
        var specimen = new Specimen
        {
            MainSpec = "# search\n\n## Purpose\nFinds things in the index of the whole shop, by words.\n\n## Requirements\n\n### Requirement: Results\nThe system SHALL answer\nfast.\n\n#### Scenario: No index\n- **WHEN** the index is missing\n- **THEN** a clear message is shown\n",
            Delta = "## MODIFIED Requirements\n\n### Requirement: Results\nThe system SHALL answer fast. It SHALL use suitable colours.\n\n#### Scenario: No index\n- **WHEN** the index is missing\n- **THEN** a clear message is shown\n",
        };
        var finding = Assert.Single(specimen.Findings("vague-word"));
        Assert.Equal("It SHALL use suitable colours.", finding.Quote);
    }

    [Fact]
    public void Findings_WrappedSentence_QuotesTheLineOfTheWord()
    {
        var finding = Assert.Single(Specimen.Requirement("The system SHALL answer\r\nvery fast to everyone\r\nwho asks.").Findings("vague-word"));
        Assert.Equal(("very fast to everyone", 5), (finding.Quote, finding.Line));
    }

    [Fact]
    public void Findings_SuppressedInConfiguration_AreSilent() => Assert.Empty(Specimen.Requirement("The system SHALL answer fast.").Findings(["vague-word"]));

    [Theory]
    [InlineData("<!-- review: ignore vague-word -->", true)]
    [InlineData("<!-- review: ignore open-list, vague-word -->", true)]
    [InlineData("<!-- review: ignore -->", true)]
    [InlineData("<!-- review: ignore open-list -->", false)]
    [InlineData("<!-- vague-word -->", false)]
    public void Findings_SuppressedInTheRequirement_AreSilent(string comment, bool silent)
    {
        var specimen = Specimen.Requirement("The system SHALL answer fast.\n" + comment);
        specimen = specimen with { Delta = specimen.Delta + "\n" + Specimen.Added("Second", "The system SHALL stop fast.", "- **WHEN** x is missing", "- **THEN** the page shows an error") };
        Assert.Equal(silent ? ["Second"] : ["Search results", "Second"], specimen.Findings("vague-word").Select(finding => finding.Requirement));
    }

    [Fact]
    public void Findings_SameSentenceTwice_HaveIdsOfTheirOwnThatStayWhenTextAboveChanges()
    {
        var twice = Specimen.Requirement("The system SHALL answer fast.").Delta + "\n" + Specimen.Added("Second", "The system SHALL answer fast.", "- **WHEN** x is missing", "- **THEN** the page shows an error");
        var before = new Specimen { Delta = twice }.Findings("vague-word");
        var after = new Specimen { Delta = "# A title\n\nSome words.\n\n" + twice }.Findings("vague-word");
        Assert.Equal(2, before.Select(finding => finding.Id).Distinct().Count());
        Assert.Equal(before.Select(finding => finding.Id), after.Select(finding => finding.Id));
        Assert.All(before, finding => Assert.Matches("^[0-9a-f]{16}$", finding.Id));
    }
}
