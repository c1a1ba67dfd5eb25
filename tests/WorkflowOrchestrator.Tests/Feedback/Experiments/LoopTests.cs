using Microsoft.Extensions.Logging.Abstractions;
using NSubstitute;
using Platform.Models;
using Workflow.Documents;
using Workflow.Feedback;
using Workflow.Feedback.Analyses;
using Workflow.Feedback.Experiments;
using Workflow.Feedback.Improvements;
using Workflow.Feedback.Replay;
using Workflow.Feedback.Tuning;
using Workflow.Hosting.Tunables;
using Workflow.Review;
using Workflow.Review.ModelBacked;
using Workflow.Review.Prompts;
using Workflow.Tests.Documents;

namespace Workflow.Tests.Feedback.Experiments;

/// <summary>The loop from insight to verdict, on a real store and a real git repository, with planted truths about the agents.</summary>
public sealed class LoopTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan s_service = TimeSpan.FromMilliseconds(60);

    [Fact]
    public async Task Loop_AgentsThatCanDoMoreAtOnce_FindsItTriesItKeepsItAndArchivesItsChange()
    {
        await using var room = await Room.CreateAsync(async (_, token) =>
        {
            await Task.Delay(s_service, token);
            return true;
        });

        var kept = await room.UntilAsync(improvement => improvement is { State: ImprovementState.Kept, Written: 2 });

        Assert.Equal((1.0, 2.0), (kept.From, kept.To));
        Assert.InRange(kept.MeasuredGain!.Value, 0.3, 3);
        Assert.Equal(2, room.Board.Kept(Tunable.MaxConcurrentQuestions));
        Assert.Equal([true], room.Journal.Read().Select(change => change.Settled));
        var folder = Assert.Single(Directory.GetDirectories(Path.Combine(room.Documents.Repository.ChangesFolder, "archive")));
        Assert.Contains("- Outcome: kept", await File.ReadAllTextAsync(Path.Combine(folder, "proposal.md")));
        Assert.DoesNotContain("- [ ]", await File.ReadAllTextAsync(Path.Combine(folder, "tasks.md")));
        Assert.False(Directory.Exists(Path.Combine(room.Documents.Repository.ChangesFolder, kept.Id)));
        Assert.DoesNotContain("improve-", await room.Documents.GitAsync("status", "--porcelain"));
        Assert.Equal(3, (await room.Documents.GitAsync("log", "--format=%s", "--", "openspec/changes")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public async Task Loop_AgentsThatGetInEachOthersWay_DropsTheImprovement()
    {
        await using var room = await Room.CreateAsync(async (inFlight, token) =>
        {
            await Task.Delay(s_service * (inFlight == 1 ? 1 : 3 * inFlight), token); // far more than is gained by storing one answer while the next is made
            return true;
        });

        var dropped = await room.UntilAsync(improvement => improvement is { State: ImprovementState.Dropped, Written: 2 });

        Assert.Equal(1, room.Board.Integer(Tunable.MaxConcurrentQuestions));
        Assert.Empty(room.Journal.Read());
        var folder = Assert.Single(Directory.GetDirectories(Path.Combine(room.Documents.Repository.ChangesFolder, "archive")));
        Assert.Contains("- Outcome: dropped", await File.ReadAllTextAsync(Path.Combine(folder, "proposal.md")));
        Assert.Contains(dropped.Reason!, await File.ReadAllTextAsync(Path.Combine(folder, "proposal.md")));
    }

    [Fact]
    public async Task Loop_FailuresAfterTheRollOut_TakesTheValueBack()
    {
        var fails = false;
        await using var room = await Room.CreateAsync(async (_, token) =>
        {
            await Task.Delay(s_service, token);
            return !Volatile.Read(ref fails);
        });
        await room.UntilAsync(improvement => improvement.State is ImprovementState.Guarded or ImprovementState.Kept);

        Volatile.Write(ref fails, true);
        var reverted = await room.UntilAsync(improvement => improvement.State == ImprovementState.Reverted);

        Assert.Contains("failures grew", reverted.Reason);
        Assert.Equal(1, room.Board.Integer(Tunable.MaxConcurrentQuestions));
        Assert.Empty(TunableJournal.Fold(room.Journal.Read()).Values);
    }

    [Fact]
    public async Task Revert_KeptImprovement_PutsTheSettingBack()
    {
        await using var room = await Room.CreateAsync(async (_, token) =>
        {
            await Task.Delay(s_service, token);
            return true;
        });
        var kept = await room.UntilAsync(improvement => improvement.State is ImprovementState.Guarded or ImprovementState.Kept);

        Assert.IsType<ImprovementDecision.Done>(await room.Desk.RevertAsync(kept.Id, "human", CancellationToken.None));

        Assert.Equal(1, room.Board.Integer(Tunable.MaxConcurrentQuestions));
        Assert.IsType<ImprovementDecision.WrongState>(await room.Desk.RevertAsync(kept.Id, "human", CancellationToken.None));
        Assert.IsType<ImprovementDecision.NotFound>(await room.Desk.ApproveAsync("document_updates.mode", "human", CancellationToken.None));
    }

    [Fact]
    public async Task Loop_NotAllowedToApply_WaitsForAPerson()
    {
        await using var room = await Room.CreateAsync(
            async (_, token) =>
            {
                await Task.Delay(s_service, token);
                return true;
            },
            ("feedback_loop.auto_apply", "false"));
        var waiting = await room.UntilAsync(improvement => improvement.State == ImprovementState.Waiting);
        await room.Runner.AdvanceAsync(CancellationToken.None);
        Assert.Equal(ImprovementState.Waiting, room.Improvements.Find(waiting.Id)!.State);

        await room.Desk.ApproveAsync(waiting.Id, "human", CancellationToken.None);

        await room.UntilAsync(improvement => improvement.State == ImprovementState.Trying);
    }

    [Fact]
    public async Task Loop_TextOfTheImprovementIsRewritten_OnlyItsOwnValueIsTried()
    {
        await using var room = await Room.CreateAsync(
            async (_, token) =>
            {
                await Task.Delay(s_service, token);
                return true;
            },
            ("feedback_loop.auto_apply", "false"));
        var waiting = await room.UntilAsync(improvement => improvement.State == ImprovementState.Waiting);
        var folder = Path.Combine(room.Documents.Repository.ChangesFolder, waiting.Id);
        await File.WriteAllTextAsync(Path.Combine(folder, "proposal.md"), "# x\n\n## What Changes\n\n- `document_updates.max_files` goes from 10 to 1000; `question_routing.max_concurrent_questions` goes from 1 to 500\n- Kept when the e-value reaches 1; no guard\n");
        await File.WriteAllTextAsync(Path.Combine(folder, ".openspec.yaml"), "schema: spec-driven\nworkflow_origin: feedback-loop\nworkflow_improvement: improve-max-files-to-1000\n");

        await room.Desk.ApproveAsync(waiting.Id, "human", CancellationToken.None);
        var trying = await room.UntilAsync(improvement => improvement.State == ImprovementState.Trying);

        Assert.Equal((Tunable.MaxConcurrentQuestions.Name, 2.0), (trying.Tunable, trying.To));
        await room.UntilAsync(_ => room.Board.Integer(Tunable.MaxConcurrentQuestions) == 2); // block by block
        Assert.All(Tunable.All.Where(tunable => tunable != Tunable.MaxConcurrentQuestions), tunable => Assert.Equal(room.Board.Default(tunable), room.Board.Integer(tunable)));
    }

    private sealed class Room : IAsyncDisposable
    {
        private readonly SimulatedAgents _agents;
        private readonly FeedbackStore _feedback;
        private readonly ImprovementProposer _proposer;

        private Room(DocumentRoom documents, Func<int, CancellationToken, Task<bool>> work)
        {
            var time = TimeProvider.System;
            Documents = documents;
            Board = new TunableBoard(documents.Settings);
            Journal = new TunableJournal(documents.Store, time);
            Improvements = new ImprovementStore(documents.Store);
            Desk = new ImprovementDesk(documents.Store, Improvements, Journal, Board, time);
            var writer = new ImprovementWriter(documents.Repository, documents.Store, documents.Documents, new ChangeArchiver(documents.Repository, documents.Committer, time), time);
            var environment = new EnvironmentReader(Substitute.For<IModelInventory>(), new PromptLibrary(documents.Settings), documents.Settings);
            _proposer = new ImprovementProposer(Improvements, writer, environment, new RuleVerdictReader(documents.Store), new RecurringQuestionReader(documents.Store), documents.Settings, time, NullLogger<ImprovementProposer>.Instance);
            Runner = new ExperimentRunner(documents.Events, Improvements, Desk, writer, environment, new TrialFactory(documents.Store, documents.Events, Board, Replay(documents, Board), documents.Settings, time), documents.Settings, time, NullLogger<ExperimentRunner>.Instance);
            _feedback = new FeedbackStore(documents.Store, Improvements, time);
            _agents = new SimulatedAgents(documents.Store, Board, work);
        }

        public DocumentRoom Documents { get; }

        public TunableBoard Board { get; }

        public TunableJournal Journal { get; }

        public ImprovementStore Improvements { get; }

        public ImprovementDesk Desk { get; }

        public ExperimentRunner Runner { get; }

        public static async Task<Room> CreateAsync(Func<int, CancellationToken, Task<bool>> work, params (string Key, string Value)[] more)
        {
            var settings = more.ToDictionary(pair => pair.Key, pair => (string?)pair.Value);
            settings["question_routing.max_concurrent_questions"] = "1";
            return new Room(await DocumentRoom.CreateAsync(settings: settings), work);
        }

        /// <summary>Turns the loop, as its service does, until an improvement is as wanted.</summary>
        public async Task<Improvement> UntilAsync(Func<Improvement, bool> wanted)
        {
            using var beat = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
            using var patience = new CancellationTokenSource(s_patience);
            while (true)
            {
                if (Improvements.All() is [var improvement, ..])
                {
                    if (wanted(improvement))
                        return improvement;
                }
                else
                {
                    await _proposer.ProposeAsync(WorkAnalysis.Analyze(_feedback.DigestSince(DateTimeOffset.UnixEpoch), Board), CancellationToken.None);
                }

                foreach (var update in Documents.Documents.GetUpdates(new UpdateFilter()).Where(update => !update.IsEnded))
                    await Documents.RunAsync(update.Id);
                await Runner.AdvanceAsync(CancellationToken.None);
                if (patience.IsCancellationRequested)
                    throw new TimeoutException($"It did not come to that: {string.Join("; ", Improvements.All())} {Runner.Running}");
                await beat.WaitForNextTickAsync();
            }
        }

        private static ReplayReviewer Replay(DocumentRoom documents, TunableBoard board)
        {
            var models = Substitute.For<IModelSource>();
            models.Current.Returns((ReadyModel?)null);
            var caller = new ModelCaller(models, new AnswerCache(documents.Store, TimeProvider.System), NullLogger<ModelCaller>.Instance);
            return new ReplayReviewer(caller, new PromptLibrary(documents.Settings), new TextFence(documents.Store), new FindingStore(documents.Store), documents.Settings, board, NullLogger<ModelReviewer>.Instance);
        }

        public async ValueTask DisposeAsync()
        {
            Runner.Dispose();
            await _agents.DisposeAsync();
            await Documents.DisposeAsync();
        }
    }
}
