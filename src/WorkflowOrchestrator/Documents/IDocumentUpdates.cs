using Workflow.Changes;
using Workflow.Storage;

namespace Workflow.Documents;

/// <summary>
/// The way to change documents: plans go in, events come out (<see cref="EventTypes.UpdateApplied"/>, <c>…Held</c>, <c>…Refused</c>,
/// <c>…Superseded</c>, <c>…Waiting</c>, …; the subject is the update's id). Every call returns when its effect is durable; writing to the
/// tree happens afterwards, in the <c>DocumentManager</c>.
/// </summary>
internal interface IDocumentUpdates
{
    /// <summary>Stores the plan. The same edits to the same revision are stored once: while such an update is unfinished, or held, its id is returned.</summary>
    Task<UpdateId> UpdateDocumentAsync(UpdatePlan plan, CancellationToken cancellationToken);

    /// <summary>The same inside the caller's transaction. The update is looked at after the commit, because the stored event wakes the <c>DocumentManager</c>.</summary>
    UpdateId Plan(IStoreTransaction transaction, UpdatePlan plan);

    /// <summary>Lets a held update go on. If its documents have changed since, it is merged into them, or withdrawn when that is impossible.</summary>
    /// <param name="id">The update.</param>
    /// <param name="by">Who decides.</param>
    /// <param name="texts">A person's own texts in place of planned ones, by document; null or empty: as planned.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    Task<UpdateDecision> ApproveAsync(UpdateId id, string by, IReadOnlyDictionary<string, string>? texts, CancellationToken cancellationToken);

    /// <summary>Keeps what a person thinks of a change as it stands on disk; null when it is not there. While it is approved and stands so, updates of it are held.</summary>
    Task<ChangeApproval?> JudgeChangeAsync(ChangeId change, ApprovalState state, string by, string? reason, CancellationToken cancellationToken);

    /// <summary>The last verdict about a change; null when nobody has given one.</summary>
    ChangeApproval? GetApproval(ChangeId change);

    /// <summary>The documents of an update before and after it, as far as they are known.</summary>
    IReadOnlyList<UpdateTexts> GetTexts(UpdateId id);

    /// <summary>Ends a held update.</summary>
    Task<UpdateDecision> RejectAsync(UpdateId id, string by, string? reason, CancellationToken cancellationToken);

    /// <summary>Plans the opposite of an applied update by three-way merge with what stands there now; the new update is <see cref="UpdateDecision.Done.Update"/>.</summary>
    Task<UpdateDecision> UndoAsync(UpdateId id, string by, CancellationToken cancellationToken);

    /// <summary>Ends the planned and held updates of a change; those being written go on. Returns how many.</summary>
    Task<int> WithdrawAsync(ChangeId change, string reason, CancellationToken cancellationToken);

    UpdateRecord? Find(UpdateId id);

    /// <summary>Updates, newest first.</summary>
    IReadOnlyList<UpdateRecord> GetUpdates(UpdateFilter filter);

    /// <summary>What an update changes (or would change, or changed), as a unified diff; null when there is no such update.</summary>
    string? GetDiff(UpdateId id);

    /// <summary>Everything that was done to a change's documents by updates, oldest first.</summary>
    Task<IReadOnlyList<UpdateRecord>> GetChangeHistoryAsync(ChangeId change, CancellationToken cancellationToken);
}

/// <summary>Which updates to list; null: any.</summary>
/// <param name="Before">Only updates older than this one: the next page.</param>
internal sealed record UpdateFilter(ChangeId? Change = null, RevisionHash? Revision = null, UpdateState? State = null, int Limit = 200, UpdateId? Before = null);

/// <summary>A document of an update; null: it is not there, or not known.</summary>
internal sealed record UpdateTexts(string Path, string? Before, string? After);

/// <summary>What a decision about an update led to.</summary>
internal abstract record UpdateDecision
{
    private UpdateDecision()
    {
    }

    /// <summary>Stored. <paramref name="Update"/> is as it stands now; for an undo it is the new update.</summary>
    internal sealed record Done(UpdateRecord Update) : UpdateDecision;

    internal sealed record NotFound : UpdateDecision;

    /// <summary>What was given with the decision cannot be used; nothing was done.</summary>
    internal sealed record Invalid(string Why) : UpdateDecision;

    /// <summary>The update is in a state in which this makes no sense.</summary>
    internal sealed record WrongState(UpdateRecord Update, string Why) : UpdateDecision;

    /// <summary>The documents have changed in the same places; nothing was done. <paramref name="Conflicts"/> shows them, by document.</summary>
    internal sealed record Conflict(IReadOnlyDictionary<string, string> Conflicts) : UpdateDecision;
}
