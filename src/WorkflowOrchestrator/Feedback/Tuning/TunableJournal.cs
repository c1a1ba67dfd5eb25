using Workflow.Hosting.Tunables;
using Workflow.Storage;

namespace Workflow.Feedback.Tuning;

/// <summary>One change of a tunable, as stored.</summary>
internal sealed record TunableChange(long Seq, DateTimeOffset At, string Tunable, double From, double? To, string? Improvement, string Why, bool Settled);

/// <summary>What a journal comes to.</summary>
/// <param name="Values">What is in force, beside the user's settings.</param>
/// <param name="Canaries">What is in force for a part of the items only.</param>
/// <param name="Faults">Rows that say something impossible, each with the reason; they are not followed.</param>
internal sealed record TunableFold(IReadOnlyList<TunableValue> Values, IReadOnlyList<TunableValue> Canaries, IReadOnlyList<string> Faults);

/// <summary>
/// The journal of tunables: what was changed, when, why. Rows are only added, except that a change is marked as settled. A row that names no tunable, or a value
/// outside its bounds, has no effect, whoever wrote it.
/// </summary>
internal sealed class TunableJournal(IStore store, TimeProvider time)
{
    private const int MaxRows = 10_000;

    public IReadOnlyList<TunableChange> Read() => store.Read(Read);

    public static IReadOnlyList<TunableChange> Read(IStoreReader reader) =>
        [.. reader.Query<Row>(
            """
            SELECT seq AS Seq, at AS At, tunable AS Tunable, from_value AS FromValue, to_value AS ToValue, improvement AS Improvement, why AS Why, settled AS Settled
            FROM (SELECT * FROM tunable_change ORDER BY seq DESC LIMIT @MaxRows) ORDER BY seq
            """,
            new { MaxRows }).Select(row => row.ToChange())];

    /// <summary>Adds a change in the caller's transaction.</summary>
    public void Append(IStoreTransaction transaction, TunableValue to, double from, string? improvement, string why, bool settled) =>
        Append(transaction, to.Tunable, from, to.Number, improvement, why, settled);

    /// <summary>Adds "back to the user's setting" in the caller's transaction.</summary>
    public void AppendRestore(IStoreTransaction transaction, Tunable tunable, double from, string? improvement, string why) =>
        Append(transaction, tunable, from, null, improvement, why, settled: true);

    /// <summary>Says that the changes of an improvement stay.</summary>
    public static void Settle(IStoreTransaction transaction, string improvement) =>
        transaction.Execute("UPDATE tunable_change SET settled = 1 WHERE improvement = @improvement", new { improvement });

    /// <summary>What the changes come to. Pure.</summary>
    public static TunableFold Fold(IReadOnlyList<TunableChange> changes)
    {
        var values = new Dictionary<Tunable, TunableValue>();
        var canaries = new Dictionary<Tunable, TunableValue>();
        var faults = new List<string>();
        foreach (var change in changes)
        {
            if (!Tunable.TryFind(change.Tunable, out var tunable))
                faults.Add($"change {change.Seq}: {change.Tunable} is not tunable");
            else if (change.To is not { } number)
                _ = values.Remove(tunable) | canaries.Remove(tunable);
            else if (!tunable.TryValue(number, out var value, out var why))
                faults.Add($"change {change.Seq}: {why}");
            else if (tunable.Class == TunableClass.Quality && !change.Settled)
                canaries[tunable] = value;
            else
                (values[tunable], _) = (value, canaries.Remove(tunable));
        }

        return new TunableFold([.. values.Values], [.. canaries.Values], faults);
    }

    private void Append(IStoreTransaction transaction, Tunable tunable, double from, double? to, string? improvement, string why, bool settled)
    {
        transaction.Execute(
            "INSERT INTO tunable_change(at, tunable, from_value, to_value, improvement, why, settled) VALUES(@At, @Tunable, @From, @To, @improvement, @why, @settled)",
            new { At = time.GetUtcNow().ToUnixTimeMilliseconds(), Tunable = tunable.Name, From = from, To = to, improvement, why, settled });
        transaction.Append(new NewEvent(EventTypes.TunableChanged, Subject: tunable.Name, Data: new { from, to, improvement, why }));
    }

    private sealed class Row
    {
        public long Seq { get; init; }

        public long At { get; init; }

        public string Tunable { get; init; } = "";

        public double FromValue { get; init; }

        public double? ToValue { get; init; }

        public string? Improvement { get; init; }

        public string Why { get; init; } = "";

        public long Settled { get; init; }

        // A time that no clock shows was written by somebody else: the row is judged by its value all the same.
        public TunableChange ToChange() => new(Seq, DateTimeOffset.FromUnixTimeMilliseconds(Math.Clamp(At, 0, DateTimeOffset.MaxValue.ToUnixTimeMilliseconds())), Tunable, FromValue, ToValue, Improvement, Why, Settled != 0);
    }
}
