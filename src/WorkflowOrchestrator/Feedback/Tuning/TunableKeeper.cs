using Workflow.Feedback.Improvements;
using Workflow.Hosting;
using Workflow.Hosting.Tunables;
using Workflow.Storage;

namespace Workflow.Feedback.Tuning;

/// <summary>
/// Puts the stored tunables in force before any service begins its work, and keeps account of the runs: after an end by force, a change that was under guard, or
/// that was made shortly before, is taken back first. With <c>feedback_loop.enabled: false</c> everything goes back to the user's settings.
/// </summary>
internal sealed class TunableKeeper(IStore store, TunableJournal journal, TunableBoard board, OrchestratorSettings settings, TimeProvider time, ILogger<TunableKeeper> logger) : IHostedService
{
    private long _run;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await store.WriteAsync(Recover, cancellationToken);
        var fold = TunableJournal.Fold(journal.Read());
        foreach (var fault in fold.Faults)
            logger.LogWarning(FeedbackEventIds.JournalFault, "The journal of tunables is not followed here: {Fault}", fault);
        foreach (var value in fold.Values)
            board.Keep(value);
        foreach (var value in fold.Canaries)
            board.Canary(value);
    }

    public Task StopAsync(CancellationToken cancellationToken) => store.WriteAsync(
        transaction => transaction.Execute("UPDATE daemon_run SET ended_at = @Now WHERE seq = @Run", new { Now = time.GetUtcNow().ToUnixTimeMilliseconds(), Run = _run }),
        CancellationToken.None);

    private void Recover(IStoreTransaction transaction)
    {
        var last = transaction.First<RunRow>("SELECT started_at AS StartedAt, ended_at AS EndedAt FROM daemon_run ORDER BY seq DESC LIMIT 1");
        var lastSign = DateTimeOffset.FromUnixTimeMilliseconds(Math.Max(last?.StartedAt ?? 0, transaction.First<long?>("SELECT max(at) FROM event WHERE id > (SELECT max(id) FROM event) - 100") ?? 0));
        foreach (var back in RecoveryPlan.After(TunableJournal.Read(transaction), lastSign, endedByForce: last is { EndedAt: null }))
            TakeBack(transaction, back);
        if (!settings.Feedback.Enabled)
            RestoreAll(transaction);
        _run = transaction.First<long>("INSERT INTO daemon_run(started_at) VALUES(@Now) RETURNING seq", new { Now = time.GetUtcNow().ToUnixTimeMilliseconds() });
    }

    private void TakeBack(IStoreTransaction transaction, ChangeToRevert back)
    {
        const string why = "the daemon ended by force while this was new";
        logger.LogWarning(FeedbackEventIds.TakenBack, "{Tunable} goes back from {Value}: {Why}", back.Change.Tunable, back.Change.To, why);
        if (!Tunable.TryFind(back.Change.Tunable, out var tunable))
            return; // never was in force
        if (back.To is { } number && tunable.TryValue(number, out var before, out _))
            journal.Append(transaction, before, back.Change.To ?? number, back.Change.Improvement, why, settled: true);
        else
            journal.AppendRestore(transaction, tunable, back.Change.To ?? 0, back.Change.Improvement, why);
        if (back.Change.Improvement is { } improvement)
            ImprovementStore.SetState(transaction, improvement, ImprovementState.Reverted, why, time.GetUtcNow());
    }

    private void RestoreAll(IStoreTransaction transaction)
    {
        var fold = TunableJournal.Fold(TunableJournal.Read(transaction));
        foreach (var value in fold.Values.Concat(fold.Canaries))
            journal.AppendRestore(transaction, value.Tunable, value.Number, null, "feedback_loop.enabled is false");
    }

    private sealed class RunRow
    {
        public long StartedAt { get; init; }

        public long? EndedAt { get; init; }
    }
}
