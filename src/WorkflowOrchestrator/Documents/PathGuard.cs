using Platform.Sockets;
using Workflow.Changes;

namespace Workflow.Documents;

/// <summary>
/// Turns the path of a document into a place on disk, or refuses: every folder from the changes folder down must be a real folder (no link) on
/// one device, and the document itself absent or a regular file.
/// </summary>
/// <param name="root">The repository's folder.</param>
/// <param name="changesFolder">The folder of all changes, inside <paramref name="root"/>.</param>
internal sealed class PathGuard(string root, string changesFolder)
{
    /// <summary>Checks a document of a change.</summary>
    /// <param name="change">The only change whose folder may be touched.</param>
    /// <param name="path">The document.</param>
    /// <param name="missing">Which missing folders are no fault, because the update creates them.</param>
    public GuardResult Check(ChangeId change, DocumentPath path, MissingFolders missing)
    {
        var changeFolder = Path.Combine(changesFolder, change.Value);
        var folders = new List<KeyValuePair<string, UnixFile>>();
        foreach (var folder in FoldersTo(change, path))
        {
            if (UnixFile.Inspect(folder) is not { } seen)
            {
                var isFine = missing == MissingFolders.CreateChange ? !IsAboveChanges(folder) : missing == MissingFolders.CreateBelowChange && folder.Length > changeFolder.Length;
                if (!isFine)
                    return new GuardResult.Refused($"{folder} does not exist", IsMissing: true);
                break; // nothing below it can exist
            }

            if (seen.Kind != UnixFileKind.Directory)
                return new GuardResult.Refused($"{folder} {(seen.Kind == UnixFileKind.Link ? "is a symbolic link" : "is not a folder")}");
            if (!IsAboveChanges(folder) && folders.Count > 0 && folders[^1].Value.Device != seen.Device)
                return new GuardResult.Refused($"{folder} lies on another file system");
            folders.Add(new(folder, seen));
        }

        var file = Path.Combine(changeFolder, Path.Combine(path.Value.Split('/')));
        return Refusal(file, path) is { } why ? new GuardResult.Refused(why) : new GuardResult.Allowed(new GuardedPath(file, folders));
    }

    private static string? Refusal(string file, DocumentPath path)
    {
        var seen = UnixFile.Inspect(file);
        if (seen is null)
        {
            if (!path.IsKnownName)
                return $"{path} does not exist, and it is not a document that OpenSpec names";
            return CaseTwin(file) is { } twin ? $"{path} would stand beside {twin}, which differs only in case" : null;
        }

        return seen.Kind switch
        {
            UnixFileKind.RegularFile => null,
            UnixFileKind.Link => $"{path} is a symbolic link",
            UnixFileKind.Directory => $"{path} is a folder",
            _ => $"{path} is not a regular file",
        };
    }

    private static string? CaseTwin(string file)
    {
        var folder = Path.GetDirectoryName(file)!;
        if (!Directory.Exists(folder))
            return null;
        var name = Path.GetFileName(file);
        return Directory.EnumerateFileSystemEntries(folder).Select(entry => Path.GetFileName(entry)!)
            .FirstOrDefault(entry => entry != name && entry.Equals(name, StringComparison.OrdinalIgnoreCase));
    }

    private IEnumerable<string> FoldersTo(ChangeId change, DocumentPath path)
    {
        var folder = root;
        foreach (var segment in Path.GetRelativePath(root, changesFolder).Split(Path.DirectorySeparatorChar))
            yield return folder = Path.Combine(folder, segment);
        yield return folder = Path.Combine(folder, change.Value);
        foreach (var segment in path.Value.Split('/')[..^1])
            yield return folder = Path.Combine(folder, segment);
    }

    private bool IsAboveChanges(string folder) => folder.Length <= changesFolder.Length;
}

/// <summary>Whether a document may be written.</summary>
internal abstract record GuardResult
{
    private GuardResult()
    {
    }

    internal sealed record Allowed(GuardedPath Path) : GuardResult;

    /// <summary>It may not.</summary>
    /// <param name="Why">For people.</param>
    /// <param name="IsMissing">Because a folder on the way is not there (any more): a change that was archived or deleted.</param>
    internal sealed record Refused(string Why, bool IsMissing = false) : GuardResult;
}

/// <summary>Which missing folders an update may create.</summary>
internal enum MissingFolders
{
    None,

    /// <summary>Those of a new document inside the change.</summary>
    CreateBelowChange,

    /// <summary>The change's own too: the daemon's new changes.</summary>
    CreateChange,
}

/// <summary>A checked place on disk. Right before a write, <see cref="StillStands"/> tells whether a folder on the way was exchanged meanwhile.</summary>
internal sealed class GuardedPath(string absolute, IReadOnlyList<KeyValuePair<string, UnixFile>> folders)
{
    public string Absolute { get; } = absolute;

    public string Folder => Path.GetDirectoryName(Absolute)!;

    /// <summary>The folders on the way that were not there, the uppermost first.</summary>
    public IReadOnlyList<string> MissingFolders { get; } = Below(folders[^1].Key, Path.GetDirectoryName(absolute)!);

    /// <summary>Whether every folder on the way is still the one that was checked.</summary>
    public bool StillStands() => folders.All(folder => UnixFile.Inspect(folder.Key) is { Kind: UnixFileKind.Directory } now && now.IsSameAs(folder.Value));

    private static string[] Below(string last, string folder) => folder.Length <= last.Length ? [] : [.. Below(last, Path.GetDirectoryName(folder)!), folder];
}
