using FsCheck;
using FsCheck.Fluent;
using OpenSpec.Documents;
using Workflow.Review.ModelBacked;

namespace Workflow.Tests.Review.Models;

/// <summary>Documents over the limits of a call are read section by section, and sections over them piece by piece.</summary>
public sealed class LongSectionTests
{
    private const int Longest = 200;

    [Fact]
    public void Of_AnyText_CoversEveryLineOnceInPiecesThatAreShortEnough()
    {
        var line = Gen.OneOf(Gen.Elements("", "# A", "#### Scenario: b", "- **WHEN** c", "   "), Gen.Choose(1, 260).Select(length => new string('x', length)));
        var texts = Gen.Zip(line.ListOf(), Gen.Elements("\n", "\r\n")).Select(made => string.Join(made.Item2, made.Item1)).Where(text => text.Length > 0);
        Prop.ForAll(texts.ToArbitrary(), text =>
        {
            var source = TextDocument.Parse(text);
            var pieces = SectionPieces.Of(source, new SourceSpan(0, text.Length, 1, 1), Longest);
            if (text.Length <= Longest)
                return pieces is [{ Start: 0 } whole] && whole.Length == text.Length;
            var next = 1;
            foreach (var piece in pieces)
            {
                var last = source.GetPosition(piece.End).Line;
                if (piece.Line != next || piece.Start != source.GetLineSpan(next).Start || piece.End != source.GetLineSpan(last).End || (piece.Length > Longest && last > next))
                    return false;
                next = last + 1;
            }

            return next == source.GetPosition(text.Length - 1).Line + 1; // what follows the last line end is no line to read
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
    }

    [Fact]
    public void Of_HeadingInReach_BeginsTheNextPiece()
    {
        var text = $"# One\n{new string('a', 90)}\n\n### Two\n{new string('b', 90)}\n\n{new string('c', 90)}";
        var pieces = SectionPieces.Of(TextDocument.Parse(text), new SourceSpan(0, text.Length, 1, 1), Longest);
        Assert.Equal(["# One", "### Two"], pieces.Select(piece => piece.In(text).Split('\n')[0]));
    }

    [Fact]
    public async Task Review_RequirementOverTheLimit_IsReadToItsLastScenario()
    {
        var scenarios = string.Concat(Enumerable.Range(1, 120).Select(i => $"\n#### Scenario: Case {i}\n- **WHEN** the index of shard {i} is missing while a search of it runs and its replica answers late\n- **THEN** the page shows error {i}\n"));
        var change = new Specimen { Delta = Specimen.Added("Search results", ModelRoom.Statement, "- **WHEN** the index is missing", "- **THEN** the page shows an error") + scenarios };
        await using var room = new ModelRoom(new ScriptedModel(request => request.User.Contains("shows error 120") ? Replies.Finding("shows error 120") : Replies.Nothing));
        var review = await room.ReviewAsync(change);
        Assert.InRange(room.Model.Requests.Count, 2, 5);
        for (var i = 1; i <= 120; i++)
            Assert.Single(room.Model.Requests, request => request.User.Contains($"Scenario: Case {i}\n", StringComparison.Ordinal));
        var finding = Assert.Single(review.Findings, finding => finding.RuleId == "model-missing-case");
        Assert.Equal(("Search results", change.Delta.Split('\n').Index().First(line => line.Item.Contains("shows error 120")).Index + 1), (finding.Requirement, finding.Line));
    }
}
