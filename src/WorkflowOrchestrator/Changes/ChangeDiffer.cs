using System.Globalization;

namespace Workflow.Changes;

/// <summary>Compares what the store knows with what a scan found. Pure.</summary>
internal static class ChangeDiffer
{
    /// <summary>
    /// The known changes that the snapshot does not hold and whose whereabouts are to be found out: the caller looks for them in the archive before
    /// it calls <see cref="Diff"/>.
    /// </summary>
    public static IReadOnlyList<ChangeId> Vanished(IEnumerable<KnownChange> known, ChangesSnapshot snapshot) =>
        snapshot.IsPresent
            ? known.Where(change => change.Gone is null or { Kind: GoneKind.RootAway } && !snapshot.Changes.ContainsKey(change.Id)).Select(change => change.Id).ToArray()
            : [];

    /// <summary>The differences, ordered by change.</summary>
    /// <param name="known">What the store knows about the changes in <paramref name="scope"/>.</param>
    /// <param name="snapshot">What the scan found.</param>
    /// <param name="archive">Where <see cref="Vanished"/> changes may have gone.</param>
    /// <param name="scope">The changes to compare; null for all.</param>
    public static IReadOnlyList<ChangeDelta> Diff(
        IReadOnlyDictionary<ChangeId, KnownChange> known,
        ChangesSnapshot snapshot,
        IReadOnlyDictionary<ChangeId, IReadOnlyList<ArchivedFolder>> archive,
        IReadOnlyCollection<ChangeId>? scope = null)
    {
        var deltas = new List<ChangeDelta>();
        foreach (var found in Found(snapshot, scope))
        {
            if (Compare(known.GetValueOrDefault(found.Id), found) is { } delta)
                deltas.Add(delta);
        }

        var arrivals = Arrivals(deltas, known);
        foreach (var change in known.Values)
        {
            if (Missing(change, snapshot, arrivals, archive) is { } delta)
                deltas.Add(delta);
        }

        deltas.Sort(static (left, right) => string.CompareOrdinal(left.Id.Value, right.Id.Value));
        return deltas;
    }

    private static IEnumerable<ScannedChange> Found(ChangesSnapshot snapshot, IReadOnlyCollection<ChangeId>? scope) =>
        scope is null ? snapshot.Changes.Values : scope.Distinct().Select(id => snapshot.Changes.GetValueOrDefault(id)).OfType<ScannedChange>();

    private static ChangeDelta? Compare(KnownChange? known, ScannedChange found)
    {
        if (known is null)
            return new ChangeDelta.NewRevision(found, IsFirst: true);

        // A change whose documents are all gone is gone itself; only a folder that never had any is shown as an empty change.
        if (found.IsEmpty && known.Revision != found.Revision)
            return known.Gone is null or { Kind: GoneKind.RootAway } ? new ChangeDelta.Gone(found.Id, GoneReason.Emptied) : null;
        if (known.Revision != found.Revision)
            return new ChangeDelta.NewRevision(found);
        if (!known.IsPresent)
            return new ChangeDelta.Returned(found);
        return known.Problems.SequenceEqual(found.Problems) ? null : new ChangeDelta.ProblemsChanged(found);
    }

    // Revisions that came under a name never seen: one of them may be a change that vanished.
    private static Dictionary<RevisionHash, ChangeId> Arrivals(List<ChangeDelta> deltas, IReadOnlyDictionary<ChangeId, KnownChange> known)
    {
        var arrivals = new Dictionary<RevisionHash, ChangeId>();
        foreach (var arrival in deltas.OfType<ChangeDelta.NewRevision>())
        {
            if (!arrival.Change.IsEmpty && !known.ContainsKey(arrival.Id))
                arrivals.TryAdd(arrival.Change.Revision, arrival.Id);
        }

        return arrivals;
    }

    private static ChangeDelta.Gone? Missing(
        KnownChange known,
        ChangesSnapshot snapshot,
        Dictionary<RevisionHash, ChangeId> arrivals,
        IReadOnlyDictionary<ChangeId, IReadOnlyList<ArchivedFolder>> archive)
    {
        if (snapshot.Changes.ContainsKey(known.Id))
            return null;
        if (!snapshot.IsPresent)
            return known.IsPresent ? new ChangeDelta.Gone(known.Id, new GoneReason(GoneKind.RootAway, Describe(snapshot.Root))) : null;
        if (known.Gone is not (null or { Kind: GoneKind.RootAway }))
            return null;
        if (FindArchived(known, archive.GetValueOrDefault(known.Id, [])) is { } folder)
            return new ChangeDelta.Gone(known.Id, new GoneReason(GoneKind.Archived, folder.Name));
        return arrivals.TryGetValue(known.Revision, out var newName)
            ? new ChangeDelta.Gone(known.Id, new GoneReason(GoneKind.Renamed, newName.Value))
            : new ChangeDelta.Gone(known.Id, GoneReason.Deleted);
    }

    // The same bytes are proof. Otherwise (tasks were ticked just before, or while the daemon was not running) a folder dated since the change was
    // last seen. The date in the name is the archiver's local one, hence the day of slack.
    private static ArchivedFolder? FindArchived(KnownChange known, IReadOnlyList<ArchivedFolder> candidates) =>
        candidates.FirstOrDefault(folder => folder.Revision == known.Revision)
        ?? candidates.OrderBy(folder => folder.Name, StringComparer.Ordinal).LastOrDefault(folder => IsDatedSince(folder.Name, known.LastSeen.AddDays(-1)));

    private static bool IsDatedSince(string name, DateTimeOffset earliest) =>
        name.Length > 10
        && DateOnly.TryParseExact(name.AsSpan(0, 10), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
        && date >= DateOnly.FromDateTime(earliest.UtcDateTime);

    private static string Describe(ChangesRoot root) => root switch
    {
        ChangesRoot.Missing missing => $"{missing.Path} is missing",
        ChangesRoot.NotAFolder file => $"{file.Path} is a file",
        ChangesRoot.Unreadable unreadable => unreadable.Detail,
        _ => "",
    };
}
