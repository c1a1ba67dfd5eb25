using System.IO.Enumeration;
using OpenSpec;

namespace Workflow.Changes;

/// <summary>Looks into <c>changes/archive</c> for changes that are no longer in the changes folder.</summary>
internal sealed class ChangeArchive(ChangeScanner scanner)
{
    private const int DateLength = 11; // yyyy-MM-dd-

    private static readonly EnumerationOptions AllEntries = new() { AttributesToSkip = FileAttributes.None, IgnoreInaccessible = true };

    private string Folder => Path.Join(scanner.ChangesFolder, "archive");

    /// <summary>For each of these changes the archive folders with its name; only those are read.</summary>
    public IReadOnlyDictionary<ChangeId, IReadOnlyList<ArchivedFolder>> Find(IReadOnlyCollection<ChangeId> changes)
    {
        var found = new Dictionary<ChangeId, IReadOnlyList<ArchivedFolder>>();
        if (changes.Count == 0)
            return found;
        var names = Names();
        var dated = names.Where(IsDated).ToLookup(name => name[DateLength..], StringComparer.Ordinal);
        foreach (var id in changes)
        {
            // OpenSpec puts the local date before the name, unless the name begins with a date already.
            var candidates = dated[id.Value].Concat(names.Contains(id.Value) ? [id.Value] : []);
            var folders = candidates.Select(name => Read(id, name)).OfType<ArchivedFolder>().ToArray();
            if (folders.Length > 0)
                found[id] = folders;
        }

        return found;
    }

    private static bool IsDated(string name) =>
        name.Length > DateLength && name[4] == '-' && name[7] == '-' && name[10] == '-'
        && name.AsSpan(0, 4).IndexOfAnyExceptInRange('0', '9') < 0
        && name.AsSpan(5, 2).IndexOfAnyExceptInRange('0', '9') < 0
        && name.AsSpan(8, 2).IndexOfAnyExceptInRange('0', '9') < 0;

    private ArchivedFolder? Read(ChangeId id, string name)
    {
        var folder = Path.Join(Folder, name);
        return FileKind.Of(folder) == OpenSpecEntryKind.Directory && scanner.ScanFolder(id, folder) is { } scanned ? new ArchivedFolder(name, scanned.Revision) : null;
    }

    private HashSet<string> Names()
    {
        try
        {
            return [.. new FileSystemEnumerable<string>(Folder, static (ref entry) => entry.FileName.ToString(), AllEntries)];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return []; // no archive, or none that may be read: the change counts as deleted
        }
    }
}
