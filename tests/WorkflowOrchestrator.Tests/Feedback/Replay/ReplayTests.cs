using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging.Abstractions;
using OpenSpec;
using Workflow.Changes;
using Workflow.Feedback.Analyses;
using Workflow.Feedback.Experiments;
using Workflow.Feedback.Replay;
using Workflow.Feedback.Statistics;
using Workflow.Hosting.Tunables;
using Workflow.Review;
using Workflow.Review.BuiltIn;
using Workflow.Review.ModelBacked;
using Workflow.Review.Prompts;
using Workflow.Storage;
using Workflow.Tests.Review.Models;

namespace Workflow.Tests.Feedback.Replay;

/// <summary>Quality experiments: the same items under two values, in the shadow.</summary>
public sealed class ReplayTests
{
    private const string Nothing = """{"hints":[],"findings":[]}""";

    [Fact]
    public void Items_AreEnoughAndDistinctAndInBothHalves()
    {
        Assert.True(ReplayItems.All.Count >= 60);
        Assert.Equal(ReplayItems.All.Count, ReplayItems.All.Select(item => item.Id).Distinct().Count());
        Assert.InRange(ReplayItems.All.Count(item => HoldOut.FoldOf(item.Id) == ItemFold.HoldOut), 30, 66);
    }

    // Where rules and validation find all there is to find, no model could show a gain; where they find faults in clean items, none could be clean.
    [Fact]
    public async Task Items_RulesAlone_FindNothingInCleanOnesAndOnlyPartOfTheDefects()
    {
        var rewards = new List<(ReplayItem Item, ReplayReward Reward)>();
        foreach (var item in ReplayItems.All)
        {
            var files = new Dictionary<string, string> { ["changes/replay/specs/replay/spec.md"] = item.Delta };
            var review = await new BuiltInReviewer().ReviewAsync(new ReviewRequest(ChangeId.Parse("replay"), new RevisionHash("r"), new OpenSpecProject(MemoryFiles.FromText(files))), CancellationToken.None);
            rewards.Add((item, ReplayReward.Of(item, review)));
        }

        Assert.All(rewards.Where(pair => pair.Item.Defect is null), pair => Assert.Equal(1, pair.Reward.Value));
        Assert.Contains(rewards, pair => pair.Item.Defect is not null && pair.Reward.Value == 0);
        Assert.Contains(rewards, pair => pair.Item.Defect is not null && pair.Reward.Value == 1);
    }

    [Fact]
    public async Task Trial_CandidateUnderWhichTheModelFindsMore_IsKept()
    {
        // It finds contradictions and missing cases only with more than six examples of what not to report.
        await using var room = new ModelRoom(
            new ScriptedModel(request => Examples(request.User) <= 6 ? Nothing
                : Contradiction(request.User) is { } quote ? Replies.Finding(quote, "contradiction")
                : !request.User.Contains("cannot be reached", StringComparison.Ordinal) ? Replies.Finding("The service SHALL show at most")
                : Nothing),
            settings: []);
        await DismissAsync(room, 12);

        var verdict = await RunAsync(room, Tunable.DismissedExamples, 12);

        Assert.True(verdict is TrialVerdict.MayKeep, verdict.ToString());
    }

    [Fact]
    public async Task Trial_CandidateUnderWhichTheModelRaisesFalseAlarms_IsDropped()
    {
        await using var room = new ModelRoom(new ScriptedModel(request => Examples(request.User) > 6 && request.User.Contains("The service SHALL show at most", StringComparison.Ordinal) ? Replies.Finding("The service SHALL show at most", "ambiguity") : Nothing), settings: []);
        await DismissAsync(room, 12);

        var verdict = await RunAsync(room, Tunable.DismissedExamples, 12);

        Assert.True(verdict is TrialVerdict.MustDrop, verdict.ToString());
    }

    [Fact]
    public async Task Trial_CandidateWithoutEffect_IsDropped()
    {
        await using var room = new ModelRoom(new ScriptedModel(_ => Nothing), settings: []);

        Assert.True(await RunAsync(room, Tunable.DismissedExamples, 12) is TrialVerdict.MustDrop { IsHarm: false });
    }

    // A candidate that empties the list of findings pleases on clean items alone; the items with a defect hold against it.
    [Fact]
    public async Task Trial_CandidateThatSaysNothing_DoesNotWin()
    {
        await using var room = new ModelRoom(new ScriptedModel(request => Contradiction(request.User) is { } quote && Examples(request.User) <= 6 ? Replies.Finding(quote, "contradiction") : Nothing), settings: []);
        await DismissAsync(room, 12);

        Assert.IsType<TrialVerdict.MustDrop>(await RunAsync(room, Tunable.DismissedExamples, 12));
    }

    [Fact]
    public async Task Trial_ModelGone_MeasuresNothingAndGoesOnLater()
    {
        var model = new ScriptedModel(_ => Nothing) { IsReady = false };
        await using var room = new ModelRoom(model, settings: []);
        using var trial = Create(room, Tunable.DismissedExamples, 12, () => true);

        trial.Advance();
        Assert.Equal((0, true), (trial.Measured, trial.Verdict() is TrialVerdict.GoOn));
        model.IsReady = true;
        await AdvanceAsync(trial);

        Assert.Equal(1, trial.Measured);
    }

    [Fact]
    public async Task Trial_SomethingElseToDo_Waits()
    {
        await using var room = new ModelRoom(new ScriptedModel(_ => Nothing), settings: []);
        using var trial = Create(room, Tunable.DismissedExamples, 12, () => false);

        trial.Advance();

        Assert.Empty(room.Model.Requests);
    }

    [Fact]
    public void Allowance_OfADay_IsNotGivenTwiceWhenTheClockIsSetBack()
    {
        var allowance = new ReplayAllowance(2);
        var now = new DateTimeOffset(2026, 11, 20, 1, 0, 0, TimeSpan.Zero);

        Assert.Equal([true, true, false], new[] { allowance.TryTake(now), allowance.TryTake(now), allowance.TryTake(now) });
        Assert.False(allowance.TryTake(now.AddDays(-1)));
        Assert.True(allowance.TryTake(now.AddDays(1)));
    }

    [Fact]
    public void Habits_FindingsOfTheModelMostlyDismissed_SuggestMoreExamplesAndFewerSamples()
    {
        var board = new TunableBoard(ModelRoom.Settings([]));
        RuleVerdicts[] rules = [new("model-ambiguity", 2, 10, 2), new("model-missing-case", 3, 9, 3), new("vague-word", 0, 50, 1)];

        var steps = ModelHabits.Find(rules, board).Select(insight => (insight.Step!.Tunable, insight.Step.To)).ToArray();

        Assert.Equal([(Tunable.AmbiguitySamples.Name, 2.0), (Tunable.DismissedExamples.Name, 12.0)], steps);
        Assert.Empty(ModelHabits.Find([new("model-missing-case", 6, 3, 3)], board)); // too little
    }

    private static string? Contradiction(string text) => Regex.Match(text, "THEN\\*\\* (\\d+) rows are listed") is { Success: true } shown && Regex.Match(text, "at most (\\d+) rows") is { Success: true } most && shown.Groups[1].Value != most.Groups[1].Value
        ? $"{shown.Groups[1].Value} rows are listed"
        : null;

    private static int Examples(string text) => Regex.Count(text, "- old-rule: ");

    private static async Task DismissAsync(ModelRoom room, int count)
    {
        var changes = new ChangeStore(room.Store, TimeProvider.System);
        for (var i = 0; i < count; i++)
        {
            var finding = new Finding { Id = $"f{i}", RuleId = "old-rule", Severity = FindingSeverity.Warning, Path = "specs/a/spec.md", Quote = $"words {i}", Message = "m" };
            await room.Store.WriteAsync(transaction =>
            {
                changes.RegisterDaemonRevision(transaction, ChangeId.Parse("old"), new RevisionHash($"{i:d64}"));
                FindingStore.Save(transaction, ChangeId.Parse("old"), new RevisionHash($"{i:d64}"), new ChangeReview([finding], [], 0));
                Assert.True(FindingStore.SetDismissed(transaction, ChangeId.Parse("old"), finding.Id, dismissed: true));
            });
        }
    }

    private static ReplayTrial Create(ModelRoom room, Tunable tunable, double to, Func<bool> mayWork)
    {
        Assert.True(tunable.TryValue(to, out var value, out _));
        var settings = ModelRoom.Settings([]);
        var board = new TunableBoard(settings);
        var reviewer = new ReplayReviewer(room.Caller, new PromptLibrary(settings), room.Fence, room.Findings, settings, board, NullLogger<ModelReviewer>.Instance);
        return new ReplayTrial(reviewer, board.Kept(tunable), value, 1, mayWork);
    }

    private static async Task<TrialVerdict> RunAsync(ModelRoom room, Tunable tunable, double to)
    {
        using var trial = Create(room, tunable, to, () => true);
        for (var i = 0; i < ReplayItems.All.Count && trial.Verdict() is TrialVerdict.GoOn; i++)
            await AdvanceAsync(trial);
        return trial.Verdict();
    }

    private static async Task AdvanceAsync(ReplayTrial trial)
    {
        trial.Advance();
        await trial.WaitAsync();
        trial.Advance();
    }
}
