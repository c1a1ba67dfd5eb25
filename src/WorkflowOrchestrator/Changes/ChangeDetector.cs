namespace Workflow.Changes;

/// <summary>What one look at the disk led to.</summary>
/// <param name="Before">The snapshot before.</param>
/// <param name="After">The snapshot now.</param>
/// <param name="Deltas">What is different from the store.</param>
internal sealed record Detection(ChangesSnapshot Before, ChangesSnapshot After, IReadOnlyList<ChangeDelta> Deltas);

/// <summary>Scan, compare with the store, record. Holds the last snapshot; used by one caller at a time.</summary>
internal sealed class ChangeDetector(ChangeScanner scanner, ChangeStore store)
{
    private readonly ChangeArchive _archive = new(scanner);

    public ChangesSnapshot Snapshot { get; private set; } = ChangesSnapshot.None;

    /// <summary>Reads all changes, or only those in <paramref name="scope"/>, and finds what is different from the store.</summary>
    /// <param name="scope">The changes to read; null for all.</param>
    /// <param name="leaveOut">Changes that somebody is writing just now: they stay as they were.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public Detection Detect(IReadOnlyCollection<ChangeId>? scope, IReadOnlySet<ChangeId> leaveOut, CancellationToken cancellationToken)
    {
        var before = Snapshot;
        var (after, deltas) = Look(before, scope, leaveOut, cancellationToken);
        if (scope is not null && OtherHalves(before, deltas, cancellationToken) is { Count: > 0 } others)
            (after, deltas) = Look(before, [.. scope, .. others], leaveOut, cancellationToken);
        return new Detection(before, after, deltas);
    }

    /// <summary>Records what was found, and goes on from there.</summary>
    public async Task RecordAsync(Detection detection, CancellationToken cancellationToken)
    {
        await store.RecordAsync(detection.Deltas, cancellationToken);
        Snapshot = detection.After;
    }

    /// <summary>Reads all changes and says which are not as they were, without recording anything. Null when the root itself is another one.</summary>
    public IReadOnlyList<ChangeId>? FindDifferences(CancellationToken cancellationToken)
    {
        var before = Snapshot;
        var now = scanner.Scan(before, cancellationToken);
        if (now.Root != before.Root)
            return null;
        var different = before.Changes.Keys.Where(id => !now.Changes.ContainsKey(id))
            .Concat(now.Changes.Values.Where(change => IsDifferent(before.Changes.GetValueOrDefault(change.Id), change)).Select(change => change.Id))
            .ToHashSet();

        // What is the same has fresher stamps now, which spares the next scan its hashing.
        Snapshot = different.Count == 0 ? now : Keep(different, before, now);
        return [.. different];
    }

    private (ChangesSnapshot After, IReadOnlyList<ChangeDelta> Deltas) Look(ChangesSnapshot before, IReadOnlyCollection<ChangeId>? scope, IReadOnlySet<ChangeId> leaveOut, CancellationToken cancellationToken)
    {
        var after = scope is null ? scanner.Scan(before, cancellationToken) : scanner.Rescan(before, scope, cancellationToken);
        if (after.Root != before.Root)
            scope = null; // the root was replaced: a partial look has become a full one
        if (leaveOut.Count > 0 && scope is null && after.IsPresent)
            after = Keep(leaveOut, before, after);

        var known = store.Known(scope);
        var deltas = ChangeDiffer.Diff(known, after, _archive.Find(ChangeDiffer.Vanished(known.Values, after)), scope);
        return (after, leaveOut.Count > 0 ? [.. deltas.Where(delta => !leaveOut.Contains(delta.Id))] : deltas);
    }

    // The two names of a renamed change may be looked at one after the other. What was found under one of them alone would pass for a deletion or for
    // a new change, so the other is looked for: the folder that is new and has the bytes that vanished, or the one that is away and had those that came.
    private List<ChangeId> OtherHalves(ChangesSnapshot before, IReadOnlyList<ChangeDelta> deltas, CancellationToken cancellationToken)
    {
        var came = deltas.OfType<ChangeDelta.NewRevision>().Where(delta => delta is { IsFirst: true, Change.IsEmpty: false }).Select(delta => delta.Change.Revision).ToHashSet();
        var vanished = deltas.OfType<ChangeDelta.Gone>().Where(gone => gone.Reason.Kind == GoneKind.Deleted)
            .Select(gone => before.Changes.GetValueOrDefault(gone.Id)).OfType<ScannedChange>().Select(change => change.Revision).ToHashSet();
        var found = deltas.Select(delta => delta.Id).ToHashSet();
        var others = new List<ChangeId>();
        if (came.Count > 0)
            others.AddRange(before.Changes.Values.Where(change => came.Contains(change.Revision) && !found.Contains(change.Id) && !scanner.Exists(change.Id)).Select(change => change.Id));
        if (vanished.Count > 0)
            others.AddRange(scanner.Scan(before, cancellationToken).Changes.Values.Where(change => !change.IsEmpty && vanished.Contains(change.Revision) && !before.Changes.ContainsKey(change.Id)).Select(change => change.Id));
        return others;
    }

    private static bool IsDifferent(ScannedChange? before, ScannedChange now) =>
        before is null || (!ReferenceEquals(before, now) && (before.Revision != now.Revision || !before.Problems.SequenceEqual(now.Problems)));

    private static ChangesSnapshot Keep(IReadOnlySet<ChangeId> ids, ChangesSnapshot before, ChangesSnapshot after)
    {
        var changes = new Dictionary<ChangeId, ScannedChange>(after.Changes);
        foreach (var id in ids)
        {
            if (before.Changes.TryGetValue(id, out var old))
                changes[id] = old;
            else
                changes.Remove(id);
        }

        return after with { Changes = changes };
    }
}
