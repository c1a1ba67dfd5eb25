namespace Workflow.Changes;

/// <summary>What is due to be read.</summary>
/// <param name="Everything">Set when all changes are to be read.</param>
/// <param name="Changes">The changes to read, with their marks.</param>
internal sealed record DueChanges(DirtyMark? Everything, IReadOnlyDictionary<ChangeId, DirtyMark> Changes)
{
    public bool IsEmpty => Everything is null && Changes.Count == 0;

    /// <summary>A scan alone led to this change being read. What was read besides, as the other name of a renamed change, nobody can tell.</summary>
    public bool WasMissed(ChangeId id) => Everything is not { IsAnnounced: true } && (Changes.TryGetValue(id, out var mark) ? !mark.IsAnnounced : Everything is not null);
}

/// <summary>What has been touched and not been read yet. Marked by file events on any thread, taken by the watcher.</summary>
internal sealed class DirtyChanges
{
    // More names than this at once mean a checkout or an unpacked archive: one full scan is cheaper than so many small ones.
    private const int MaxNames = 256;

    private readonly Lock _gate = new();
    private readonly Dictionary<ChangeId, DirtyMark> _changes = [];
    private DirtyMark? _everything;

    /// <summary>Marks one change. True when that may call for an earlier wake-up; later hints for what waits already only postpone.</summary>
    public bool Mark(ChangeId id, TimeSpan now, bool isAnnounced)
    {
        lock (_gate)
        {
            if (_changes.TryGetValue(id, out var mark))
            {
                // What an event announced is waiting for its writer; that a scan saw it too says nothing new. The first event shortens the wait.
                if (isAnnounced)
                    _changes[id] = mark.Again(now, isAnnounced);
                return isAnnounced && !mark.IsAnnounced;
            }

            if (_changes.Count >= MaxNames)
                return MarkEverythingLocked(now, isAnnounced);
            _changes[id] = new DirtyMark(now, now, isAnnounced);
            return true;
        }
    }

    /// <summary>Marks everything.</summary>
    public bool MarkEverything(TimeSpan now, bool isAnnounced)
    {
        lock (_gate)
        {
            return MarkEverythingLocked(now, isAnnounced);
        }
    }

    /// <summary>Takes what has settled. With everything due, the changes that still wait for their own quiet time stay behind.</summary>
    public DueChanges TakeDue(SettlePolicy policy, TimeSpan now)
    {
        lock (_gate)
        {
            var due = _changes.Where(entry => policy.IsDue(entry.Value, now)).ToDictionary();
            foreach (var id in due.Keys)
                _changes.Remove(id);
            if (_everything is not { } everything || !policy.IsDue(everything, now))
                return new DueChanges(null, due);
            _everything = null;
            return new DueChanges(everything, due);
        }
    }

    /// <summary>Gives back what was taken and could not be read.</summary>
    public void PutBack(DueChanges taken)
    {
        lock (_gate)
        {
            foreach (var (id, mark) in taken.Changes)
                _changes[id] = _changes.TryGetValue(id, out var newer) ? mark.Again(newer.Last, newer.IsAnnounced) : mark;
            if (taken.Everything is { } everything)
                _everything = _everything is { } later ? everything.Again(later.Last, later.IsAnnounced) : everything;
        }
    }

    /// <summary>When the next of the marks is due; null when nothing waits.</summary>
    public TimeSpan? NextDue(SettlePolicy policy)
    {
        lock (_gate)
        {
            TimeSpan? next = _everything is { } everything ? policy.DueAt(everything) : null;
            foreach (var mark in _changes.Values)
            {
                var due = policy.DueAt(mark);
                next = next is { } earlier && earlier <= due ? next : due;
            }

            return next;
        }
    }

    /// <summary>The changes that wait for their quiet time: not to be read by the way.</summary>
    public IReadOnlySet<ChangeId> Waiting()
    {
        lock (_gate)
        {
            return _changes.Keys.ToHashSet();
        }
    }

    private bool MarkEverythingLocked(TimeSpan now, bool isAnnounced)
    {
        var before = _everything;
        if (before is null || isAnnounced)
            _everything = before?.Again(now, isAnnounced) ?? new DirtyMark(now, now, isAnnounced);
        return before != _everything && before is not { IsAnnounced: true };
    }
}
