using Workflow.Changes;
using Workflow.Storage;

namespace Workflow.Documents;

/// <summary>What a person thinks of a change.</summary>
internal enum ApprovalState
{
    /// <summary>As it stands it is right: updates are held back.</summary>
    Approved,

    /// <summary>It is not right yet.</summary>
    ChangesRequested,
}

/// <summary>A person's verdict about a change as it stood.</summary>
internal sealed record ChangeApproval(ChangeId Change, RevisionHash Revision, ApprovalState State, string By, string? Reason, DateTimeOffset At);

/// <summary>The SQL of approvals.</summary>
internal static class ApprovalStore
{
    public static void Set(IStoreTransaction transaction, ChangeApproval approval)
    {
        transaction.Execute(
            """
            INSERT INTO change_approval(change_id, revision, state, by, reason, at) VALUES (@Change, @Revision, @State, @By, @Reason, @At)
            ON CONFLICT(change_id) DO UPDATE SET revision = @Revision, state = @State, by = @By, reason = @Reason, at = @At
            """,
            new
            {
                Change = approval.Change.Value,
                Revision = approval.Revision.Value,
                State = approval.State.ToString(),
                approval.By,
                approval.Reason,
                At = approval.At.ToUnixTimeMilliseconds(),
            });
        transaction.Append(new NewEvent(EventTypes.ChangeVerdict, approval.Change.Value, approval.Revision.Value, null, new { state = approval.State.ToString(), by = approval.By, why = approval.Reason }));
    }

    public static ChangeApproval? Find(IStoreReader reader, ChangeId change) =>
        reader.First<ApprovalRow>("SELECT revision AS Revision, state AS State, by AS \"By\", reason AS Reason, at AS At FROM change_approval WHERE change_id = @Change", new { Change = change.Value }) is { } row
            ? new ChangeApproval(change, new RevisionHash(row.Revision), Enum.Parse<ApprovalState>(row.State), row.By, row.Reason, DateTimeOffset.FromUnixTimeMilliseconds(row.At))
            : null;

    private sealed class ApprovalRow
    {
        public string Revision { get; init; } = "";

        public string State { get; init; } = "";

        public string By { get; init; } = "";

        public string? Reason { get; init; }

        public long At { get; init; }
    }
}
