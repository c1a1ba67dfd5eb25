using System.Collections.Concurrent;

namespace OpenSpec;

/// <summary>Remembers what it has seen of a folder: several questions to one state of it read every file and directory once. Safe for concurrent use if the inner files are.</summary>
/// <param name="inner">The folder; looked at as it is when it is first asked.</param>
public sealed class SnapshotFiles(IOpenSpecFiles inner) : IOpenSpecFiles
{
    private readonly ConcurrentDictionary<string, IReadOnlyList<OpenSpecEntry>> _lists = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ReadOnlyMemory<byte>?> _files = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, OpenSpecEntryKind?> _kinds = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public IReadOnlyList<OpenSpecEntry> List(string directory) => _lists.GetOrAdd(directory, inner.List);

    /// <inheritdoc/>
    public OpenSpecEntryKind? KindOf(string path) => _kinds.GetOrAdd(path, inner.KindOf);

    /// <inheritdoc/>
    public ReadOnlyMemory<byte>? Read(string path) => _files.GetOrAdd(path, inner.Read);
}
