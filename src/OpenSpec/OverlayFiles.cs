namespace OpenSpec;

/// <summary>A folder as it would be after some changes: for validating an update before it is written.</summary>
/// <param name="inner">The folder as it is.</param>
/// <param name="changes">Path to new bytes; null means that the file is deleted.</param>
public sealed class OverlayFiles(IOpenSpecFiles inner, IReadOnlyDictionary<string, ReadOnlyMemory<byte>?> changes) : IOpenSpecFiles
{
    /// <inheritdoc/>
    public IReadOnlyList<OpenSpecEntry> List(string directory)
    {
        var prefix = directory.Length == 0 ? "" : directory + "/";
        var below = changes.Where(c => c.Key.StartsWith(prefix, StringComparison.Ordinal)).ToArray();
        if (below.Length == 0)
            return inner.List(directory);

        var entries = new SortedDictionary<string, OpenSpecEntryKind>(StringComparer.Ordinal);
        foreach (var entry in inner.List(directory))
            entries[entry.Name] = entry.Kind;
        foreach (var (path, bytes) in below)
        {
            var slash = path.IndexOf('/', prefix.Length);
            var name = slash < 0 ? path[prefix.Length..] : path[prefix.Length..slash];
            if (slash < 0 && bytes is null)
                entries.Remove(name);
            else if (slash < 0)
                entries[name] = OpenSpecEntryKind.File;
            else if (bytes is not null)
                entries.TryAdd(name, OpenSpecEntryKind.Directory);
        }

        return entries.Select(e => new OpenSpecEntry(e.Key, e.Value)).ToArray();
    }

    /// <inheritdoc/>
    public OpenSpecEntryKind? KindOf(string path)
    {
        if (changes.TryGetValue(path, out var bytes))
            return bytes is null ? null : OpenSpecEntryKind.File;
        return inner.KindOf(path) ?? (changes.Any(change => change.Value is not null && IsBelow(change.Key, path)) ? OpenSpecEntryKind.Directory : null);
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte>? Read(string path) => changes.TryGetValue(path, out var bytes) ? bytes : inner.Read(path);

    private static bool IsBelow(string path, string directory) => path.Length > directory.Length && path[directory.Length] == '/' && path.StartsWith(directory, StringComparison.Ordinal);
}
