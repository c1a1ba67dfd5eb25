using System.Text;

namespace OpenSpec;

/// <summary>An <c>openspec</c> folder held in memory: for tests, for previews, and for trees that come from elsewhere than a disk.</summary>
public sealed class MemoryFiles : IOpenSpecFiles
{
    private readonly Dictionary<string, ReadOnlyMemory<byte>> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SortedDictionary<string, OpenSpecEntryKind>> _directories = new(StringComparer.Ordinal) { [""] = new(StringComparer.Ordinal) };

    /// <summary>Creates a folder.</summary>
    /// <param name="files">Paths and bytes.</param>
    /// <param name="directories">Directories that exist besides those of the files.</param>
    public MemoryFiles(IEnumerable<KeyValuePair<string, ReadOnlyMemory<byte>>> files, IEnumerable<string>? directories = null)
    {
        foreach (var (path, bytes) in files)
        {
            _files[path] = bytes;
            AddEntry(path, OpenSpecEntryKind.File);
        }

        foreach (var path in directories ?? [])
            AddDirectory(path);
    }

    /// <summary>Creates a folder from paths and texts, encoded as UTF-8 without a byte order mark.</summary>
    public static MemoryFiles FromText(IEnumerable<KeyValuePair<string, string>> files) =>
        new(files.Select(f => KeyValuePair.Create(f.Key, new ReadOnlyMemory<byte>(Encoding.UTF8.GetBytes(f.Value)))));

    /// <inheritdoc/>
    public IReadOnlyList<OpenSpecEntry> List(string directory) =>
        _directories.TryGetValue(directory, out var entries) ? entries.Select(e => new OpenSpecEntry(e.Key, e.Value)).ToArray() : [];

    /// <inheritdoc/>
    public OpenSpecEntryKind? KindOf(string path)
    {
        var slash = path.LastIndexOf('/');
        return _directories.TryGetValue(slash < 0 ? "" : path[..slash], out var entries) && entries.TryGetValue(path[(slash + 1)..], out var kind) ? kind : null;
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte>? Read(string path)
    {
        // No conditional expression: in one, null would become an empty memory by way of byte[].
        if (_files.TryGetValue(path, out var bytes))
            return bytes;
        return null;
    }

    private void AddEntry(string path, OpenSpecEntryKind kind)
    {
        var slash = path.LastIndexOf('/');
        AddDirectory(slash < 0 ? "" : path[..slash])[path[(slash + 1)..]] = kind;
    }

    private SortedDictionary<string, OpenSpecEntryKind> AddDirectory(string path)
    {
        if (_directories.TryGetValue(path, out var entries))
            return entries;
        AddEntry(path, OpenSpecEntryKind.Directory);
        return _directories[path] = new(StringComparer.Ordinal);
    }
}
