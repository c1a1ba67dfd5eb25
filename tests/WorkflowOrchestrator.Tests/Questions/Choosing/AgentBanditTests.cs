using FsCheck;
using FsCheck.Fluent;
using Workflow.Questions.Choosing;

namespace Workflow.Tests.Questions.Choosing;

public sealed class AgentBanditTests
{
    private static readonly DateTimeOffset s_now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Order_AnyRecords_IsAPermutationAndTheSameForTheSameSeed() => Prop.ForAll(Contenders(), ArbMap.Default.ArbFor<int>(), (contenders, seed) =>
    {
        var order = AgentBandit.Order(contenders, new Random(seed));
        return order.Order().SequenceEqual(contenders.Select(contender => contender.AgentId).Order()) && order.SequenceEqual(AgentBandit.Order([.. contenders.Reverse()], new Random(seed)));
    }).QuickCheckThrowOnFailure();

    // Whatever the records: no agent falls below its floor (less what chance takes, five standard deviations of a binomial).
    [Fact]
    public void Order_AnyRecords_EveryAgentKeepsItsFloorShareOfFirstPlaces() => Prop.ForAll(Contenders(), contenders =>
    {
        const int rounds = 1500;
        var random = new Random(7);
        var firsts = Enumerable.Range(0, rounds).Select(_ => AgentBandit.Order(contenders, random)[0]).CountBy(id => id).ToDictionary();
        var floor = AgentBandit.FloorFor(contenders.Count);
        var least = (rounds * floor) - (5 * Math.Sqrt(rounds * floor * (1 - floor)));
        return contenders.All(contender => firsts.GetValueOrDefault(contender.AgentId) >= least);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(30));

    [Fact]
    public void Order_AgentImproves_GetsItsShareBack()
    {
        var (accepted, rejected) = (0, 30);
        for (var i = 0; i < 200; i++)
            accepted++;
        var random = new Random(1);
        var firsts = Enumerable.Range(0, 1000).Count(_ => AgentBandit.Order([new("improved", accepted, rejected, 0, 0), new("steady", 50, 50, 0, 0)], random)[0] == "improved");
        Assert.InRange(firsts, 900, 1000);
    }

    [Fact]
    public void Order_SameRecord_TheIdleOneGoesFirstMoreOften()
    {
        var random = new Random(1);
        var firsts = Enumerable.Range(0, 1000).Count(_ => AgentBandit.Order([new("busy", 10, 5, 0, 8), new("idle", 10, 5, 0, 0)], random)[0] == "idle");
        Assert.InRange(firsts, 850, 1000);
    }

    [Fact]
    public void Faded_HalfLifeLater_CountsHalfAndNeverMore()
    {
        var record = new AgentRecord("a", "why", 8, 4, 2, s_now);
        Assert.Equal(new AgentRecord("a", "why", 4, 2, 1, s_now + AgentRecord.HalfLife), record.Faded(s_now + AgentRecord.HalfLife));
        Assert.Equal(record, record.Faded(s_now - TimeSpan.FromDays(1)));
    }

    [Fact]
    public void ContenderFor_OtherKinds_CountLess()
    {
        AgentRecord[] records = [new("a", "why", 4, 0, 0, s_now), new("a", "who", 0, 4, 0, s_now), new("b", "why", 100, 0, 0, s_now)];
        Assert.Equal(new Contender("a", 4, 1, 0, 2), AgentRecord.ContenderFor("a", "why", 2, records, s_now));
    }

    [Fact]
    public void Calibrate_AnyHistory_StaysBetweenWhatWasSaidAndWhatWasSeen() => Prop.ForAll<NormalFloat, NonNegativeInt, NonNegativeInt>((number, correct, wrong) =>
    {
        var stated = Math.Abs(number.Get % 1);
        var bin = new CalibrationBin(ConfidenceCalibration.BinOf(stated), correct.Get, wrong.Get);
        var calibrated = ConfidenceCalibration.Calibrate(stated, [bin]);
        var seen = correct.Get + wrong.Get == 0 ? stated : (double)correct.Get / (correct.Get + wrong.Get);
        return calibrated >= Math.Min(stated, seen) - 1e-9 && calibrated <= Math.Max(stated, seen) + 1e-9;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Calibrate_AlwaysSureAndMostlyWrong_IsNoLongerBelieved()
    {
        Assert.Equal(0.95, ConfidenceCalibration.Calibrate(0.95, []));
        Assert.InRange(ConfidenceCalibration.Calibrate(0.95, [new(9, 2, 18)]), 0, 0.5);
        Assert.Equal(0, ConfidenceCalibration.Calibrate(double.NaN, []));
    }

    [Theory]
    [InlineData("How long does it take?", "quantity")]
    [InlineData("How does it work?", "how")]
    [InlineData("Why?", "why")]
    [InlineData("Is it allowed?", "whether")]
    public void QuestionKinds_Table(string text, string kind)
    {
        Assert.Equal(kind, QuestionKinds.Of(text, []));
        Assert.Equal(QuestionKinds.Choice, QuestionKinds.Of(text, ["a", "b"]));
    }

    private static Arbitrary<IReadOnlyList<Contender>> Contenders()
    {
        var contender = Gen.Choose(0, 1000).SelectMany(id => Gen.Choose(0, 300).ListOf(4).Select(counts => new Contender($"agent-{id}", counts[0], counts[1], counts[2], counts[3] % 20)));
        return contender.NonEmptyListOf().Select(list => (IReadOnlyList<Contender>)[.. list.DistinctBy(one => one.AgentId).Take(12)]).ToArbitrary();
    }
}
