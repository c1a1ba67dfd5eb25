using System.Collections;
using System.Reflection;
using FsCheck;
using FsCheck.Fluent;
using Workflow.Feedback.Tuning;
using Workflow.Hosting;
using Workflow.Hosting.Tunables;

namespace Workflow.Tests.Feedback.Tuning;

public sealed class TunableTests
{
    private static readonly string[] s_names =
    [
        "question_routing.max_concurrent_questions", "review.max_concurrent_changes", "lm_studio.max_concurrent_calls", "question_routing.cache_timeout",
        "workflow_orchestrator.settle_milliseconds", "review.ambiguity_samples", "review.dismissed_examples",
    ];

    private static readonly DateTimeOffset s_now = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    public static TheoryData<string> NeverTunable() => new(
        SettingNames().Except(s_names).Concat(["", "nothing", "QUESTION_ROUTING.MAX_CONCURRENT_QUESTIONS", "question_routing.max_concurrent_questions "]));

    [Fact]
    public void All_AreSettingsWithTheirDefaultWithinBounds()
    {
        var settings = Settings();

        Assert.All(Tunable.All, tunable =>
        {
            Assert.Contains(tunable.Name, SettingNames());
            Assert.InRange(tunable.DefaultIn(settings), tunable.Minimum, tunable.Maximum);
        });
    }

    // The list is the promise: whoever adds to it has to change this test, and say why the new one is neither limit, permission, path, address nor guard.
    [Fact]
    public void All_AreExactlyThese() =>
        Assert.Equal(s_names, Tunable.All.Select(tunable => tunable.Name));

    [Theory]
    [MemberData(nameof(NeverTunable))]
    public void TryFind_AnyOtherSetting_FindsNothing(string name) => Assert.False(Tunable.TryFind(name, out _));

    [Theory]
    [MemberData(nameof(NeverTunable))]
    public void Fold_JournalThatNamesAnotherSetting_IsNotFollowed(string name)
    {
        var fold = TunableJournal.Fold([Change(1, name, 1)]);

        Assert.Empty(fold.Values);
        Assert.Single(fold.Faults);
    }

    [Fact]
    public void Types_NobodyElseCanMakeATunableOrAValue()
    {
        Assert.All(typeof(Tunable).GetConstructors(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic), constructor => Assert.True(constructor.IsPrivate));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TunableValue(Tunable.MaxConcurrentQuestions, 1_000));
        Assert.Throws<InvalidOperationException>(() => default(TunableValue).Tunable);
        Assert.All(typeof(TunableBoard).GetMethods().Where(method => method.Name is nameof(TunableBoard.Keep) or nameof(TunableBoard.Try)), method => Assert.Equal(typeof(TunableValue), Assert.Single(method.GetParameters()).ParameterType));
    }

    [Fact]
    public void TryValue_AnyNumber_IsWithinBoundsOrRefused() =>
        Prop.ForAll<double>(number => Tunable.All.All(tunable =>
            tunable.TryValue(number, out var value, out _)
                ? value.Number >= tunable.Minimum && value.Number <= tunable.Maximum && Math.Floor(number) == number
                : double.IsNaN(number) || number < tunable.Minimum || number > tunable.Maximum || Math.Floor(number) != number)).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(0)]
    [InlineData(17)]
    [InlineData(-1)]
    [InlineData(1.5)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Fold_ValueOutOfBounds_KeepsTheOneBefore(double number)
    {
        var fold = TunableJournal.Fold([Change(1, Tunable.MaxConcurrentQuestions.Name, 4), Change(2, Tunable.MaxConcurrentQuestions.Name, number)]);

        Assert.Equal(4, Assert.Single(fold.Values).Number);
        Assert.Single(fold.Faults);
    }

    [Fact]
    public void Fold_BackToTheSetting_LeavesNothing() =>
        Assert.Empty(TunableJournal.Fold([Change(1, Tunable.MaxConcurrentQuestions.Name, 4), Change(2, Tunable.MaxConcurrentQuestions.Name, null)]).Values);

    [Fact]
    public void Board_TrialKeepRestore_AreLayersOverTheSettings()
    {
        var board = new TunableBoard(Settings());
        var changes = 0;
        using var subscription = board.OnChange(() => changes++);
        Tunable.MaxConcurrentQuestions.TryValue(4, out var four, out _);
        Tunable.MaxConcurrentQuestions.TryValue(8, out var eight, out _);

        Assert.Equal(10, board.Integer(Tunable.MaxConcurrentQuestions));
        board.Keep(four);
        board.Try(eight);
        Assert.Equal((8, 4.0), (board.Integer(Tunable.MaxConcurrentQuestions), board.Kept(Tunable.MaxConcurrentQuestions)));
        board.EndTrial(Tunable.MaxConcurrentQuestions);
        Assert.Equal(4, board.Integer(Tunable.MaxConcurrentQuestions));
        board.Restore(Tunable.MaxConcurrentQuestions);
        Assert.Equal((10, 4), (board.Integer(Tunable.MaxConcurrentQuestions), changes));
    }

    [Fact]
    public void Board_Canary_IsInForceForAPartOfTheItemsOnly()
    {
        var board = new TunableBoard(Settings());
        Assert.True(Tunable.DismissedExamples.TryValue(12, out var twelve, out _));

        board.Canary(twelve);

        Assert.Equal((6, 6.0), (board.Integer(Tunable.DismissedExamples), board.Kept(Tunable.DismissedExamples)));
        Assert.All(Enumerable.Range(0, 50).Select(item => $"change {item}"), item => Assert.Equal(CanaryShare.Takes(item) ? 12 : 6, board.Integer(Tunable.DismissedExamples, item)));
        board.Restore(Tunable.DismissedExamples);
        Assert.All(Enumerable.Range(0, 50), item => Assert.Equal(6, board.Integer(Tunable.DismissedExamples, $"change {item}")));
    }

    [Fact]
    public void Fold_UnsettledQualityValue_IsACanaryUntilItIsSettled()
    {
        var canary = TunableJournal.Fold([Change(1, Tunable.DismissedExamples.Name, 12, settled: false)]);
        var kept = TunableJournal.Fold([Change(1, Tunable.DismissedExamples.Name, 12, settled: true)]);

        Assert.Equal((0, 1), (canary.Values.Count, canary.Canaries.Count));
        Assert.Equal((1, 0), (kept.Values.Count, kept.Canaries.Count));
        Assert.Empty(TunableJournal.Fold([Change(1, Tunable.DismissedExamples.Name, 12, settled: false), Change(2, Tunable.DismissedExamples.Name, null)]).Canaries);
    }

    [Fact]
    public void Recovery_EndedInOrder_TakesNothingBack() =>
        Assert.Empty(RecoveryPlan.After([Change(1, "review.max_concurrent_changes", 8, settled: false)], s_now, endedByForce: false));

    [Fact]
    public void Recovery_EndedByForceBetweenChangeAndVerdict_TakesItBack()
    {
        var back = Assert.Single(RecoveryPlan.After([Change(1, "review.max_concurrent_changes", 6), Change(2, "review.max_concurrent_changes", 8, settled: false)], s_now.AddDays(3), endedByForce: true));

        Assert.Equal((2, 6.0), (back.Change.Seq, back.To));
    }

    [Fact]
    public void Recovery_EndedByForceSoonAfterAChange_TakesItBackEvenWhenSettled() =>
        Assert.Null(Assert.Single(RecoveryPlan.After([Change(1, "review.max_concurrent_changes", 8)], s_now.AddMinutes(9), endedByForce: true)).To);

    [Fact]
    public void Recovery_EndedByForceLongAfterASettledChange_KeepsIt() =>
        Assert.Empty(RecoveryPlan.After([Change(1, "review.max_concurrent_changes", 8)], s_now.AddMinutes(11), endedByForce: true));

    [Theory]
    [InlineData("22:00-07:00", 23, true)]
    [InlineData("22:00-07:00", 6, true)]
    [InlineData("22:00-07:00", 12, false)]
    [InlineData("12:00-13:00", 12, true)]
    public void QuietHours_OverMidnight_Contain(string hours, int hour, bool expected) => Assert.Equal(expected, QuietHours.Parse(hours)!.Contains(new TimeOnly(hour, 30)));

    [Theory]
    [InlineData("22-7")]
    [InlineData("22:00")]
    [InlineData("10:00-10:00")]
    [InlineData("25:00-07:00")]
    public void QuietHours_OfAnotherForm_AreRefused(string hours) => Assert.Null(QuietHours.Parse(hours));

    internal static OrchestratorSettings Settings(params (string Key, string Value)[] values) =>
        ((SettingsOutcome.Valid)SettingsLoader.Load(Path.GetTempPath(), null, new Hashtable(), values.ToDictionary(pair => pair.Key, pair => (string?)pair.Value))).Settings;

    private static TunableChange Change(long seq, string tunable, double? to, bool settled = true) => new(seq, s_now, tunable, 1, to, null, "test", settled);

    private static IEnumerable<string> SettingNames()
    {
        var reader = new SettingsReader([]);
        SettingsBinder.Bind(reader);
        return reader.Definitions.Select(definition => definition.Key);
    }
}
