using Workflow.Storage;

namespace Workflow.Feedback.Improvements;

/// <summary>Keeps improvements.</summary>
internal sealed class ImprovementStore(IStore store)
{
    private const string Select =
        """
        SELECT id AS Id, fingerprint AS Fingerprint, kind AS Kind, title AS Title, state AS State, reason AS Reason, tunable AS Tunable, from_value AS FromValue,
               to_value AS ToValue, expected_gain AS ExpectedGain, measured_gain AS MeasuredGain, environment AS Environment, update_id AS UpdateId,
               written AS Written, approved_by AS ApprovedBy, created_at AS CreatedAt, state_at AS StateAt
        FROM improvement
        """;

    /// <summary>All of them, newest first.</summary>
    public IReadOnlyList<Improvement> All() => store.Read(reader => (IReadOnlyList<Improvement>)[.. reader.Query<Row>($"{Select} ORDER BY created_at DESC, id DESC").Select(row => row.ToImprovement())]);

    public Improvement? Find(string id) => store.Read(reader => reader.First<Row>($"{Select} WHERE id = @id", new { id }))?.ToImprovement();

    /// <summary>Names of the changes that the feedback loop wrote.</summary>
    public IReadOnlyList<string> OwnChanges() => store.Read(reader => reader.Query<string>("SELECT id FROM improvement"));

    public static void Insert(IStoreTransaction transaction, Improvement improvement)
    {
        transaction.Execute(
            """
            INSERT INTO improvement(id, fingerprint, kind, title, state, reason, tunable, from_value, to_value, expected_gain, environment, update_id, created_at, state_at)
            VALUES(@Id, @Fingerprint, @Kind, @Title, @State, @Reason, @Tunable, @From, @To, @ExpectedGain, @Environment, @UpdateId, @At, @At)
            """,
            new
            {
                improvement.Id,
                improvement.Fingerprint,
                improvement.Kind,
                improvement.Title,
                State = improvement.State.ToString(),
                improvement.Reason,
                improvement.Tunable,
                improvement.From,
                improvement.To,
                improvement.ExpectedGain,
                improvement.Environment,
                improvement.UpdateId,
                At = improvement.CreatedAt.ToUnixTimeMilliseconds(),
            });
        Append(transaction, improvement.Id, improvement.State, improvement.Title);
    }

    /// <summary>Moves an improvement that has not ended; false when it has, or is none.</summary>
    public static bool SetState(IStoreTransaction transaction, string id, ImprovementState state, string? reason, DateTimeOffset now, double? measuredGain = null)
    {
        var moved = transaction.Execute(
            """
            UPDATE improvement SET state = @State, reason = @reason, state_at = @Now, measured_gain = coalesce(@measuredGain, measured_gain)
            WHERE id = @id AND state NOT IN ('Reverted', 'Dropped', 'Rejected') AND state <> @State
            """,
            new { id, State = state.ToString(), reason, measuredGain, Now = now.ToUnixTimeMilliseconds() }) > 0;
        if (moved)
            Append(transaction, id, state, reason);
        return moved;
    }

    public static void Approve(IStoreTransaction transaction, string id, string by) =>
        transaction.Execute("UPDATE improvement SET approved_by = @by WHERE id = @id", new { id, by });

    public static void SetUpdate(IStoreTransaction transaction, string id, string update, int written) =>
        transaction.Execute("UPDATE improvement SET update_id = @update, written = @written WHERE id = @id", new { id, update, written });

    private static void Append(IStoreTransaction transaction, string id, ImprovementState state, string? reason) =>
        transaction.Append(new NewEvent(EventTypes.ImprovementMoved, id, Subject: id, Data: new { to = state.ToString(), reason }));

    private sealed class Row
    {
        public string Id { get; init; } = "";

        public string Fingerprint { get; init; } = "";

        public string Kind { get; init; } = "";

        public string Title { get; init; } = "";

        public string State { get; init; } = "";

        public string? Reason { get; init; }

        public string? Tunable { get; init; }

        public double? FromValue { get; init; }

        public double? ToValue { get; init; }

        public double ExpectedGain { get; init; }

        public double? MeasuredGain { get; init; }

        public string Environment { get; init; } = "";

        public string? UpdateId { get; init; }

        public long Written { get; init; }

        public string? ApprovedBy { get; init; }

        public long CreatedAt { get; init; }

        public long StateAt { get; init; }

        // A time that no clock shows was written by somebody else.
        private static DateTimeOffset At(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(Math.Clamp(milliseconds, 0, DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()));

        public Improvement ToImprovement() => new(
            Id,
            Fingerprint,
            Kind,
            Title,
            Enum.Parse<ImprovementState>(State),
            ExpectedGain,
            Environment,
            At(CreatedAt),
            At(StateAt))
        {
            Reason = Reason,
            Tunable = Tunable,
            From = FromValue,
            To = ToValue,
            MeasuredGain = MeasuredGain,
            UpdateId = UpdateId,
            Written = (int)Written,
            ApprovedBy = ApprovedBy,
        };
    }
}
