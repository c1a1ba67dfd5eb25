namespace Workflow.Documents;

/// <summary>Which unfinished updates of a change are taken through their steps together. Pure.</summary>
internal static class UpdateGroups
{
    /// <summary>
    /// Divides updates, oldest first, into groups that keep the order: neighbours that are both planned (or both journaled), were made from one revision and touch different
    /// documents. What was interrupted while it was being written goes alone, because each has to be looked at; so does what creates a change.
    /// </summary>
    public static IReadOnlyList<IReadOnlyList<StoredUpdate>> Of(IEnumerable<StoredUpdate> updates)
    {
        var groups = new List<IReadOnlyList<StoredUpdate>>();
        var group = new List<StoredUpdate>();
        foreach (var update in updates)
        {
            if (group.Count > 0 && !Fits(group, update.Record))
            {
                groups.Add(group);
                group = [];
            }

            group.Add(update);
        }

        if (group.Count > 0)
            groups.Add(group);
        return groups;
    }

    private static bool Fits(List<StoredUpdate> group, UpdateRecord update)
    {
        var first = group[0].Record;
        return update.State is UpdateState.Planned or UpdateState.Journaled && update.State == first.State
            && update.Revision == first.Revision && update.Change == first.Change && !update.IsNewChange && !first.IsNewChange
            && !group.Exists(other => other.Record.Files.Any(file => update.Files.Any(own => own.Path == file.Path)));
    }
}
