using Workflow.Documents.Git;
using Workflow.Hosting;

namespace Workflow.Documents;

/// <summary>What came of the commit step: a hash, or a note why there is none, or a reason to wait.</summary>
internal sealed record CommitResult(string? Hash, string? Note, UpdateStep.Waits? Waits = null);

/// <summary>The commit of updates, as the settings want it, and the health of git. One commit at a time: git has one index.</summary>
internal sealed class UpdateCommitter(Repository repository, CurrentSettings settings, HealthBoard health, TimeProvider time) : IDisposable
{
    private const string OffNote = "document_updates.auto_commit is off";

    private readonly GitRepository _git = new(repository.ChangesFolder, settings.Documents.GitTimeout, time);
    private readonly SemaphoreSlim _index = new(1, 1);

    /// <summary>Whether updates are committed at all.</summary>
    public bool IsOn => settings.Documents.AutoCommit;

    /// <summary>Why nothing should be written now: in the middle of a merge or rebase, a change of the tree would get in the human's way.</summary>
    public async Task<UpdateStep.Waits?> BusyAsync(CancellationToken cancellationToken)
    {
        if (!IsOn)
            return null;
        RepositoryState state;
        try
        {
            state = await _git.GetStateAsync(cancellationToken);
        }
        catch (GitTimeoutException error)
        {
            return Wait(error); // not known is not "nothing in progress"
        }

        if (state is RepositoryState.NoRepository none)
            Report(none.Why, none.Remedy ?? GitRepository.NoneRemedy);
        if (state is not RepositoryState.Present { IsIdle: false } busy)
            return null;
        var isOwnLock = busy.Activity == RepositoryActivity.Locked && _index.CurrentCount == 0; // our own git's lock is nobody's work in progress
        return isOwnLock ? null : Wait(GitRepository.Busy(busy));
    }

    /// <summary>The commit that an earlier attempt made; null when there is none.</summary>
    /// <exception cref="GitTimeoutException">Git did not answer: it is not known.</exception>
    public async Task<string?> FindAsync(UpdateRecord update, CancellationToken cancellationToken)
    {
        if (!IsOn || await _git.GetStateAsync(cancellationToken) is RepositoryState.NoRepository)
            return null;
        var commit = await _git.FindAsync(update.Id.Value, update.PlannedAt, cancellationToken);
        if (commit is not null)
            health.Report(DocumentHealth.Git, HealthState.Ok);
        return commit;
    }

    /// <summary>Commits updates of one change, made from one revision, as the settings want it.</summary>
    /// <param name="updates">The updates; their documents are written.</param>
    /// <param name="mayExist">An earlier attempt may have got through: look for the commit first.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public async Task<CommitResult> CommitAsync(IReadOnlyList<UpdateRecord> updates, bool mayExist, CancellationToken cancellationToken)
    {
        if (!IsOn)
            return new CommitResult(null, OffNote);
        if (updates.All(update => update.Files.Count == 0))
            return new CommitResult(null, "nothing changed");
        return await CommitAsync(Request(updates), mayExist, updates[0].PlannedAt, cancellationToken);
    }

    /// <summary>Commits the move of a change's files, as the settings want it.</summary>
    public async Task<CommitResult> CommitMoveAsync(CommitRequest request, CancellationToken cancellationToken) =>
        IsOn ? await CommitAsync(request, mayExist: false, time.GetUtcNow(), cancellationToken) : new CommitResult(null, OffNote);

    public void Dispose()
    {
        _git.Dispose();
        _index.Dispose();
    }

    private async Task<CommitResult> CommitAsync(CommitRequest request, bool mayExist, DateTimeOffset plannedAt, CancellationToken cancellationToken)
    {
        await _index.WaitAsync(cancellationToken);
        try
        {
            using var activity = Instruments.Source.StartActivity("commit");
            return Result(await _git.CommitAsync(request, mayExist, plannedAt, cancellationToken));
        }
        finally
        {
            _index.Release();
        }
    }

    private CommitResult Result(CommitOutcome outcome)
    {
        switch (outcome)
        {
            case CommitOutcome.Committed committed:
                health.Report(DocumentHealth.Git, HealthState.Ok);
                return new CommitResult(committed.Hash, committed.Note);
            case CommitOutcome.MustWait waiting:
                return new CommitResult(null, null, Wait(waiting));
            case CommitOutcome.Failed failed:
                return new CommitResult(null, null, new UpdateStep.Waits(DocumentHealth.Git, failed.Why, failed.Remedy, CountsAsFailure: true));
            case CommitOutcome.NotCommitted not:
                if (not.Remedy is null)
                    health.Report(DocumentHealth.Git, HealthState.Ok);
                else
                    Report(not.Why, not.Remedy);
                return new CommitResult(null, not.Why);
            default:
                throw new InvalidOperationException("Unknown commit outcome.");
        }
    }

    /// <summary>What an update says that waits for an answer of git.</summary>
    public static UpdateStep.Waits Wait(GitTimeoutException error) => new(DocumentHealth.Git, error.Message, GitTimeoutException.Remedy) { IsSilence = true };

    private static UpdateStep.Waits Wait(CommitOutcome.MustWait waiting) => new(DocumentHealth.Git, waiting.Why, waiting.Remedy);

    private void Report(string why, string remedy) =>
        health.Report(DocumentHealth.Git, HealthState.Degraded, $"updates are written and not committed: {why}", remedy);

    private CommitRequest Request(IReadOnlyList<UpdateRecord> updates) => new(
        [.. updates.Select(update => update.Id.Value)],
        updates[0].Change,
        updates[0].Revision,
        string.Join("; ", updates.Select(update => update.Reason).Distinct(StringComparer.Ordinal)),
        [.. updates.Select(update => update.Model)],
        [.. updates.SelectMany(update => update.QuestionIds).Distinct(StringComparer.Ordinal)],
        [.. updates.SelectMany(update => update.Files).Select(file => file.Path).Distinct(StringComparer.Ordinal)
            .Select(path => Path.Combine(repository.ChangesFolder, updates[0].Change.Value, Path.Combine(path.Split('/'))))]);
}
