using Workflow.Feedback.Improvements;
using Workflow.Feedback.Tuning;
using Workflow.Hosting.Tunables;
using Workflow.Storage;

namespace Workflow.Feedback.Experiments;

/// <summary>What a decision about an improvement led to.</summary>
internal abstract record ImprovementDecision
{
    private ImprovementDecision()
    {
    }

    internal sealed record Done(Improvement Improvement) : ImprovementDecision;

    internal sealed record NotFound : ImprovementDecision;

    /// <summary>It makes no sense in its state.</summary>
    internal sealed record WrongState(Improvement Improvement, string Why) : ImprovementDecision;
}

/// <summary>The states of improvements: each move is one transaction together with the journal of tunables, and only then the value is put in force.</summary>
internal sealed class ImprovementDesk(IStore store, ImprovementStore improvements, TunableJournal journal, TunableBoard board, TimeProvider time)
{
    /// <summary>A person allows an improvement to be tried (or, when it is no tunable, accepts it).</summary>
    public async Task<ImprovementDecision> ApproveAsync(string id, string by, CancellationToken cancellationToken)
    {
        if (improvements.Find(id) is not { } improvement)
            return new ImprovementDecision.NotFound();
        if (improvement.State is not (ImprovementState.Proposed or ImprovementState.Waiting))
            return new ImprovementDecision.WrongState(improvement, $"it is {improvement.State.ToString().ToLowerInvariant()}");
        await store.WriteAsync(
            transaction =>
            {
                ImprovementStore.Approve(transaction, id, by);
                if (improvement.Kind != Improvement.TunableKind)
                    ImprovementStore.SetState(transaction, id, ImprovementState.Kept, $"accepted by {by}", time.GetUtcNow());
            },
            cancellationToken);
        return new ImprovementDecision.Done(improvements.Find(id)!);
    }

    /// <summary>A person takes an improvement back, or says no to one that is not in force.</summary>
    public async Task<ImprovementDecision> RevertAsync(string id, string by, CancellationToken cancellationToken)
    {
        if (improvements.Find(id) is not { } improvement)
            return new ImprovementDecision.NotFound();
        if (improvement.State is ImprovementState.Reverted or ImprovementState.Dropped or ImprovementState.Rejected)
            return new ImprovementDecision.WrongState(improvement, $"it is {improvement.State.ToString().ToLowerInvariant()} already");
        if (improvement.State is ImprovementState.Guarded or ImprovementState.Kept && improvement.Kind == Improvement.TunableKind)
            await TakeBackAsync(improvement, $"taken back by {by}", cancellationToken);
        else
            await MoveAsync(improvement, ImprovementState.Rejected, $"rejected by {by}", cancellationToken);
        return new ImprovementDecision.Done(improvements.Find(id)!);
    }

    /// <summary>Moves an improvement that changes nothing in force.</summary>
    public Task MoveAsync(Improvement improvement, ImprovementState state, string? reason, CancellationToken cancellationToken, double? gain = null) =>
        store.WriteAsync(transaction => ImprovementStore.SetState(transaction, improvement.Id, state, reason, time.GetUtcNow(), gain), cancellationToken);

    /// <summary>The guard has seen enough: the value stays, for all items.</summary>
    public async Task KeepAsync(Improvement improvement, CancellationToken cancellationToken)
    {
        var moved = await store.WriteAsync(
            transaction =>
            {
                if (!ImprovementStore.SetState(transaction, improvement.Id, ImprovementState.Kept, improvement.Reason, time.GetUtcNow()))
                    return false;
                TunableJournal.Settle(transaction, improvement.Id);
                return true;
            },
            cancellationToken);
        if (moved && improvement.TryValue(out var value))
            board.Keep(value);
    }

    /// <summary>Puts the value of an improvement in force, under guard. False when it may not be: it has ended meanwhile, or its value is none.</summary>
    public async Task<bool> PutInForceAsync(Improvement improvement, string reason, double gain, CancellationToken cancellationToken)
    {
        if (!improvement.TryValue(out var value))
            return false;
        var from = board.Kept(value.Tunable);
        var moved = await store.WriteAsync(
            transaction =>
            {
                if (!ImprovementStore.SetState(transaction, improvement.Id, ImprovementState.Guarded, reason, time.GetUtcNow(), gain))
                    return false;
                journal.Append(transaction, value, from, improvement.Id, reason, settled: false);
                return true;
            },
            cancellationToken);
        if (moved && value.Tunable.Class == TunableClass.Quality)
            board.Canary(value); // for a part of the items, until the guard has seen enough of them
        else if (moved)
            board.Keep(value);
        return moved;
    }

    /// <summary>Puts the value before an improvement in force again.</summary>
    public async Task TakeBackAsync(Improvement improvement, string reason, CancellationToken cancellationToken)
    {
        if (!Tunable.TryFind(improvement.Tunable, out var tunable))
            return;
        var before = default(TunableValue);
        var isValue = improvement.From is { } number && number != board.Default(tunable) && tunable.TryValue(number, out before, out _);
        var moved = await store.WriteAsync(
            transaction =>
            {
                if (!ImprovementStore.SetState(transaction, improvement.Id, ImprovementState.Reverted, reason, time.GetUtcNow()))
                    return false;
                if (isValue)
                    journal.Append(transaction, before, board.Kept(tunable), improvement.Id, reason, settled: true);
                else
                    journal.AppendRestore(transaction, tunable, board.Kept(tunable), improvement.Id, reason);
                return true;
            },
            cancellationToken);
        if (!moved)
            return;
        if (isValue)
            board.Keep(before);
        else
            board.Restore(tunable);
    }
}
