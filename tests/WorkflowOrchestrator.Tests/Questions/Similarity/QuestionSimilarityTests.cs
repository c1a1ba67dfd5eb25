using FsCheck;
using FsCheck.Fluent;
using Workflow.Questions.Similarity;

namespace Workflow.Tests.Questions.Similarity;

public sealed class QuestionSimilarityTests
{
    private static readonly string[] s_words =
        ["upload", "session", "token", "order", "limit", "size", "maximum", "not", "never", "without", "10", "20", "3.5", "two", "`cache`", "\"draft\"", "must", "may", "how", "long", "what", "is", "the", "of", "from", "to", "user", "Alice", "max_size"];

    [Fact]
    public void MeanTheSame_LabelledDifferent_NeverMerges() =>
        Assert.DoesNotContain(LabelledQuestions.Different, pair => QuestionSimilarity.MeanTheSame(pair.One, pair.Other));

    [Fact]
    public void MeanTheSame_LabelledSame_FindsMostAndAlsoThoseHeldOut()
    {
        var missed = LabelledQuestions.Same.Where(pair => !QuestionSimilarity.MeanTheSame(pair.One, pair.Other)).ToList();
        var heldOut = LabelledQuestions.Same.Where((_, index) => index % 2 == 1).ToList();
        Assert.True(missed.Count <= LabelledQuestions.Same.Count / 5, string.Join('\n', missed));
        Assert.True(heldOut.Intersect(missed).Count() <= heldOut.Count / 4, string.Join('\n', heldOut.Intersect(missed)));
    }

    // Why all content words have to be there: each lower limit would let pairs through that ask for different things.
    [Theory]
    [InlineData(0.5)]
    [InlineData(0.6)]
    [InlineData(0.7)]
    [InlineData(0.8)]
    public void Words_LowerLimit_WouldMergeDifferentQuestions(double limit) =>
        Assert.Contains(LabelledQuestions.Different, pair => QuestionSimilarity.Words(pair.One, pair.Other) is var common && common >= limit && common < QuestionSimilarity.MinWords);

    // Why the order counts, and why not more.
    [Fact]
    public void Order_Limit_LiesBetweenSwappedRolesAndRephrasing()
    {
        Assert.True(OrderOf("Can a user delete a comment?", "Can a comment delete a user?") < QuestionSimilarity.MinOrder);
        Assert.InRange(OrderOf("What is the maximum upload size?", "What is the maximum size of uploads?"), QuestionSimilarity.MinOrder, 0.99);
    }

    [Theory]
    [InlineData("not")]
    [InlineData("never")]
    [InlineData("without")]
    [InlineData("42")]
    [InlineData("three")]
    [InlineData("\"final\"")]
    [InlineData("`max_size`")]
    [InlineData("Berlin")]
    public void MeanTheSame_OneDecidingWordMore_IsAnotherQuestion(string word) => Prop.ForAll(Sentences(), sentence =>
    {
        var other = $"{sentence} {word}";
        return sentence.Contains(word.Trim('`', '"'), StringComparison.Ordinal) // a name that stands there already says nothing new
            || (!QuestionSimilarity.MeanTheSame(sentence, other) && !QuestionSimilarity.MeanTheSame(other, sentence));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void MeanTheSame_AnyText_IsSymmetricAndBlindToCaseSpaceAndClosingMarks() => Prop.ForAll(Sentences(), Sentences(), (one, other) =>
        QuestionSimilarity.MeanTheSame(one, other) == QuestionSimilarity.MeanTheSame(other, one)
        && (QuestionSketch.Of(one) is null || QuestionSimilarity.MeanTheSame(one, $"  {one.Replace(" ", "\n ", StringComparison.Ordinal)} ?!"))).QuickCheckThrowOnFailure();

    [Fact]
    public void Of_AnyText_NeverThrows() => Prop.ForAll<string>(text =>
    {
        _ = QuestionSketch.Of(text ?? "");
        return true;
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("")]
    [InlineData("?!")]
    [InlineData("What is it?")]
    public void Of_SaysNothing_HasNoSketch(string text) => Assert.Null(QuestionSketch.Of(text));

    [Theory]
    [InlineData("10 MB", "Uploads are limited to 10 MB.", true)]
    [InlineData("300 ms", "300 milliseconds", true)]
    [InlineData("10 MB", "20 MB", false)]
    [InlineData("Guests see prices.", "Guests do not see prices.", false)]
    [InlineData("Yes, always", "No, always", false)]
    [InlineData("Yes", "yes.", true)]
    [InlineData("The librarian answers.", "A person decides.", false)]
    public void Agree_Table(string one, string other, bool expected)
    {
        Assert.Equal(expected, AnswerAgreement.Agree(one, other, []));
        Assert.Equal(expected, AnswerAgreement.Agree(other, one, []));
    }

    [Theory]
    [InlineData("keep it", "I would keep it for now", true)]
    [InlineData("keep it", "delete it", false)]
    [InlineData("KEEP IT.", "keep it", true)]
    public void Agree_WithOptions_ComparesTheOptionNamed(string one, string other, bool expected) =>
        Assert.Equal(expected, AnswerAgreement.Agree(one, other, ["keep it", "delete it"]));

    private static double OrderOf(string one, string other) => QuestionSimilarity.Order(QuestionSketch.Of(one)!.Order, QuestionSketch.Of(other)!.Order);

    private static Arbitrary<string> Sentences() =>
        Gen.Elements(s_words).NonEmptyListOf().Select(words => string.Join(' ', words.Take(12))).ToArbitrary();
}
