using System.Collections.Concurrent;
using System.IO.Enumeration;
using OpenSpec;

namespace Workflow.Changes;

/// <summary>
/// An <c>openspec</c> folder on disk. Links are listed as links; a linked file is read only when what it points to is a regular file inside
/// the folder, and no path that passes through a linked directory is read at all, so nothing outside the tree is ever seen.
/// An instance is for one look at the folder: a directory that it found to be one is not asked for its kind again.
/// </summary>
/// <param name="root">Path of the <c>openspec</c> folder.</param>
/// <param name="maxFileBytes">
/// Of a larger file only one byte more than this is read: enough for the library to see and report that it is too large. Give the same
/// limit as in <see cref="OpenSpecOptions.MaxFileBytes"/>.
/// </param>
internal sealed class OpenSpecFolder(string root, int maxFileBytes = 16 * 1024 * 1024) : IOpenSpecFiles
{
    private static readonly EnumerationOptions AllEntries = new() { AttributesToSkip = FileAttributes.None, IgnoreInaccessible = false };

    private readonly string _root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(root));
    private readonly ConcurrentDictionary<string, string> _plainDirectories = new(StringComparer.Ordinal);

    /// <summary>Full path of the folder.</summary>
    public string Root => _root;

    /// <inheritdoc/>
    public IReadOnlyList<OpenSpecEntry> List(string directory)
    {
        if (Resolve(directory) is not { } path || !IsPlainDirectory(directory))
            return [];
        try
        {
            var entries = new List<OpenSpecEntry>();
            foreach (var name in new FileSystemEnumerable<string>(path, static (ref entry) => entry.FileName.ToString(), AllEntries))
            {
                if (FileKind.Of(Path.Join(path, name)) is not { } kind)
                    continue;
                entries.Add(new(name, kind));
                if (kind == OpenSpecEntryKind.Directory)
                    Remember(directory.Length == 0 ? name : $"{directory}/{name}");
            }

            entries.Sort(static (a, b) => string.CompareOrdinal(a.Name, b.Name));
            return entries;
        }
        catch (DirectoryNotFoundException)
        {
            // Gone between the check and the listing: the same as absent.
            return [];
        }
    }

    /// <inheritdoc/>
    public OpenSpecEntryKind? KindOf(string path) =>
        path.Length > 0 && Resolve(path) is { } full && IsPlainDirectory(ParentOf(path)) ? FileKind.Of(full) : null;

    /// <inheritdoc/>
    public ReadOnlyMemory<byte>? Read(string path)
    {
        if (path.Length == 0 || Resolve(path) is not { } full || !IsPlainDirectory(ParentOf(path)))
            return null;
        try
        {
            var bytes = FileKind.Of(full) switch
            {
                OpenSpecEntryKind.File => ReadBytes(full),
                OpenSpecEntryKind.Link => ReadLinked(full),
                _ => null,
            };
            // Not converted as a whole: a null array would become an empty memory, and an absent file an empty one.
            if (bytes is null)
                return null;
            return bytes;
        }
        catch (Exception ex) when (ex is FileNotFoundException or DirectoryNotFoundException)
        {
            // Gone between the check and the reading: the same as absent.
            return null;
        }
    }

    private byte[]? ReadLinked(string path)
    {
        string? target;
        try
        {
            target = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName;
        }
        catch (IOException)
        {
            // A circle of links.
            return null;
        }

        if (target is null)
            return null;
        var relative = Path.GetRelativePath(_root, target).Replace('\\', '/');
        var isInside = Resolve(relative) is not null && IsPlainDirectory(ParentOf(relative));
        return isInside && FileKind.Of(target) == OpenSpecEntryKind.File ? ReadBytes(target) : null;
    }

    private byte[] ReadBytes(string path)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var buffer = new byte[Math.Min(RandomAccess.GetLength(file), (long)maxFileBytes + 1)];
        var read = 0;
        while (read < buffer.Length)
        {
            var count = RandomAccess.Read(file, buffer.AsSpan(read), read);
            if (count == 0)
                break;
            read += count;
        }

        // The file may have become shorter while it was read.
        return read == buffer.Length ? buffer : buffer[..read];
    }

    /// <summary>Full path of a relative one; null when it is not a plain path below the folder.</summary>
    private string? Resolve(string path)
    {
        if (path.Length == 0)
            return _root;
        foreach (var segment in path.Split('/'))
        {
            if (segment is "" or "." or ".." || segment.Contains('\0'))
                return null;
            if (OperatingSystem.IsWindows() && segment.AsSpan().IndexOfAny('\\', ':') >= 0)
                return null;
        }

        return Path.Join(_root, path);
    }

    /// <summary>Whether every directory from below the folder down to this one is a directory and no link. The folder itself may be one.</summary>
    private bool IsPlainDirectory(string directory)
    {
        if (_plainDirectories.ContainsKey(directory))
            return true;
        for (var end = -1; end < directory.Length;)
        {
            end = directory.IndexOf('/', end + 1);
            if (end < 0)
                end = directory.Length;
            var prefix = directory[..end];
            if (_plainDirectories.ContainsKey(prefix))
                continue;
            var isPlain = end == 0 ? Directory.Exists(_root) : FileKind.Of(Path.Join(_root, prefix)) == OpenSpecEntryKind.Directory;
            if (!isPlain)
                return false;
            Remember(prefix);
        }

        return true;
    }

    private void Remember(string plainDirectory) => _plainDirectories.TryAdd(plainDirectory, plainDirectory);

    private static string ParentOf(string path)
    {
        var slash = path.LastIndexOf('/');
        return slash < 0 ? "" : path[..slash];
    }
}
