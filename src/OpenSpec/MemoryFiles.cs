using System.Text;

namespace OpenSpec;

/// <summary>An <c>openspec</c> folder held in memory: for tests, for previews, and for trees that come from elsewhere than a disk.</summary>
public sealed class MemoryFiles : IOpenSpecFiles
{
    private readonly SortedDictionary<string, ReadOnlyMemory<byte>> _files;

    /// <summary>Creates a folder from paths and bytes.</summary>
    public MemoryFiles(IEnumerable<KeyValuePair<string, ReadOnlyMemory<byte>>> files) =>
        _files = new(files.ToDictionary(f => f.Key, f => f.Value, StringComparer.Ordinal), StringComparer.Ordinal);

    /// <summary>Creates a folder from paths and texts, encoded as UTF-8 without a byte order mark.</summary>
    public static MemoryFiles FromText(IEnumerable<KeyValuePair<string, string>> files) =>
        new(files.Select(f => KeyValuePair.Create(f.Key, new ReadOnlyMemory<byte>(Encoding.UTF8.GetBytes(f.Value)))));

    /// <inheritdoc/>
    public IReadOnlyList<OpenSpecEntry> List(string directory)
    {
        var prefix = directory.Length == 0 ? "" : directory + "/";
        var entries = new SortedDictionary<string, OpenSpecEntryKind>(StringComparer.Ordinal);
        foreach (var path in _files.Keys)
        {
            if (!path.StartsWith(prefix, StringComparison.Ordinal))
                continue;
            var slash = path.IndexOf('/', prefix.Length);
            if (slash < 0)
                entries[path[prefix.Length..]] = OpenSpecEntryKind.File;
            else
                entries[path[prefix.Length..slash]] = OpenSpecEntryKind.Directory;
        }

        return entries.Select(e => new OpenSpecEntry(e.Key, e.Value)).ToArray();
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte>? Read(string path) => _files.TryGetValue(path, out var bytes) ? bytes : null;
}
