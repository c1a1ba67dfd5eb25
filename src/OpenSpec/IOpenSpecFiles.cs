namespace OpenSpec;

/// <summary>What a directory entry is. Links are entries of their own: nothing in this library follows them except as <see cref="IOpenSpecFiles.Read"/> says.</summary>
public enum OpenSpecEntryKind
{
    /// <summary>A regular file.</summary>
    File,

    /// <summary>A directory.</summary>
    Directory,

    /// <summary>A symbolic link or junction, whatever it points to.</summary>
    Link,

    /// <summary>Anything else: socket, pipe, device.</summary>
    Other,
}

/// <summary>One entry of a directory.</summary>
/// <param name="Name">The entry's own name, without a path.</param>
/// <param name="Kind">What the entry is.</param>
public sealed record OpenSpecEntry(string Name, OpenSpecEntryKind Kind);

/// <summary>
/// How the library sees an <c>openspec</c> folder. Paths use '/' and are relative to that folder; the empty string is the folder itself.
/// Implementations may be disk, git tree or memory; they must be consistent for the time of one call of <see cref="OpenSpecProject"/>.
/// </summary>
public interface IOpenSpecFiles
{
    /// <summary>The entries of a directory in ordinal order of their names; empty when it does not exist or is not a directory.</summary>
    IReadOnlyList<OpenSpecEntry> List(string directory);

    /// <summary>What a path is; null when there is nothing. The same as <see cref="List"/> says of it; implement it where that can be had without listing.</summary>
    OpenSpecEntryKind? KindOf(string path)
    {
        var slash = path.LastIndexOf('/');
        var name = path[(slash + 1)..];
        foreach (var entry in List(slash < 0 ? "" : path[..slash]))
        {
            if (string.Equals(entry.Name, name, StringComparison.Ordinal))
                return entry.Kind;
        }

        return null;
    }

    /// <summary>
    /// The bytes of a regular file; null when there is none. A link to a regular file that stays inside the tree may be read; a link that
    /// leaves the tree, or a file over the implementation's size limit, is answered with null.
    /// </summary>
    ReadOnlyMemory<byte>? Read(string path);
}
