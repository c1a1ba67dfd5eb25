using Workflow.Documents.Git;
using Workflow.Hosting;

namespace Workflow.Documents;

/// <summary>What came of the commit step: a hash, or a note why there is none, or a reason to wait.</summary>
internal sealed record CommitResult(string? Hash, string? Note, UpdateStep.Waits? Waits = null);

/// <summary>The commit of an update, as the settings want it, and the health of git.</summary>
internal sealed class UpdateCommitter(Repository repository, OrchestratorSettings settings, HealthBoard health)
{
    private const string OffNote = "document_updates.auto_commit is off";

    private readonly GitRepository _git = new(repository.ChangesFolder, settings.Documents.GitTimeout);

    /// <summary>Why nothing should be written now: in the middle of a merge or rebase, a change of the tree would get in the human's way.</summary>
    public async Task<UpdateStep.Waits?> BusyAsync(CancellationToken cancellationToken)
    {
        if (!settings.Documents.AutoCommit)
            return null;
        var state = await _git.GetStateAsync(cancellationToken);
        if (state is RepositoryState.NoRepository none)
            Report(none.Why, none.Remedy ?? GitRepository.NoneRemedy);
        return state is RepositoryState.Present { IsIdle: false } busy ? Wait(GitRepository.Busy(busy)) : null;
    }

    /// <summary>Commits an update as the settings want it.</summary>
    /// <param name="update">The update; its documents are written.</param>
    /// <param name="mayExist">An earlier attempt may have got through: look for the commit first.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public async Task<CommitResult> CommitAsync(UpdateRecord update, bool mayExist, CancellationToken cancellationToken)
    {
        if (!settings.Documents.AutoCommit)
            return new CommitResult(null, OffNote);
        if (update.Files.Count == 0)
            return new CommitResult(null, "nothing changed");
        var outcome = await _git.CommitAsync(Request(update), mayExist, update.PlannedAt, cancellationToken);
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

    private static UpdateStep.Waits Wait(CommitOutcome.MustWait waiting) => new(DocumentHealth.Git, waiting.Why, waiting.Remedy);

    private void Report(string why, string remedy) =>
        health.Report(DocumentHealth.Git, HealthState.Degraded, $"updates are written and not committed: {why}", remedy);

    private CommitRequest Request(UpdateRecord update) => new(
        update.Id.Value,
        update.Change,
        update.Revision,
        update.Reason,
        update.Model,
        update.QuestionIds,
        [.. update.Files.Select(file => Path.Combine(repository.ChangesFolder, update.Change.Value, Path.Combine(file.Path.Split('/'))))]);
}
