namespace Workflow.Changes;

/// <summary>
/// Finds folders that left the watched tree. Moving one out can end a <see cref="FileSystemWatcher"/> without a word (dotnet/runtime#133420), so the watchers
/// are set anew after it. Moves inside the tree are harmless: renaming a change, and archiving it, unless the archive folder is so new that it is not watched yet,
/// which <see cref="WatchStation.IsStale"/> tells. Pure.
/// </summary>
internal static class FolderLoss
{
    public static bool Any(Detection detection) => detection.Deltas.Any(delta => delta switch
    {
        ChangeDelta.Gone gone => gone.Reason.Kind is GoneKind.Deleted or GoneKind.Emptied && detection.Before.Changes.ContainsKey(gone.Id),
        ChangeDelta.NewRevision changed => detection.Before.Changes.TryGetValue(changed.Id, out var before) && !Folders(before).IsSubsetOf(Folders(changed.Change)),
        _ => false,
    });

    private static HashSet<string> Folders(ScannedChange change)
    {
        var folders = new HashSet<string>(StringComparer.Ordinal);
        foreach (var file in change.Files)
        {
            for (var slash = file.Path.IndexOf('/'); slash >= 0; slash = file.Path.IndexOf('/', slash + 1))
                folders.Add(file.Path[..slash]);
        }

        return folders;
    }
}
