using System.Text.Json;
using Workflow.Feedback.Experiments;
using Workflow.Feedback.Improvements;
using Workflow.Hosting.Tunables;
using Workflow.Storage;

namespace Workflow.Dashboard.Reading;

/// <summary>An improvement with what was measured around it.</summary>
/// <param name="Improvement">The improvement.</param>
/// <param name="Trial">The experiment that runs now; null when it is not this one.</param>
/// <param name="Series">Before and after it came into force; null when it was not, or when the log says nothing any more.</param>
internal sealed record ShownImprovement(Improvement Improvement, RunningTrial? Trial, WorkSeries? Series);

/// <summary>A setting that the feedback loop may move.</summary>
internal sealed record ShownTunable(Tunable Tunable, double Default, double Kept, double Value, bool IsTried);

/// <summary>Reads what the page of improvements shows.</summary>
internal sealed class ImprovementReader(IStore store, ImprovementStore improvements, ExperimentRunner runner, TunableBoard board, TimeProvider time)
{
    public const int PerPage = 10;

    // Around the moment at which a value changed; a plot needs no more, and a page shall not read a whole log.
    private const int EventsAround = 10_000;
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(7);

    public (IReadOnlyList<ShownImprovement> Items, int All) Page(int number)
    {
        var all = improvements.All();
        var running = runner.Running;
        return ([.. all.Skip((number - 1) * PerPage).Take(PerPage).Select(improvement => new ShownImprovement(
            improvement, running?.Improvement == improvement.Id ? running : null, Series(improvement)))], all.Count);
    }

    public IReadOnlyList<ShownTunable> Tunables() =>
        [.. Tunable.All.Select(tunable => new ShownTunable(tunable, board.Default(tunable), board.Kept(tunable), board.Integer(tunable), board.IsTried(tunable)))];

    private WorkSeries? Series(Improvement improvement)
    {
        if (!Tunable.TryFind(improvement.Tunable, out var tunable))
            return null;
        return store.Read(reader =>
        {
            var moves = EventLog.OfChange(reader, improvement.Id, EventTypes.ImprovementMoved, limit: 50);
            if (moves.FirstOrDefault(move => To(move) == nameof(ImprovementState.Guarded)) is not { } begun)
                return null;
            var end = moves.FirstOrDefault(move => move.Id > begun.Id && To(move) == nameof(ImprovementState.Reverted))?.At ?? time.GetUtcNow();
            var around = EventLog.Around(reader, begun.Id, EventsAround).Where(happened => (happened.At - begun.At).Duration() <= s_longest).ToList();
            return WorkSeries.Of(tunable, around, begun.At, end - begun.At > s_longest ? begun.At + s_longest : end);
        });
    }

    private static string? To(WorkflowEvent move) => move.Data.TryGetProperty("to", out var to) && to.ValueKind == JsonValueKind.String ? to.GetString() : null;
}
