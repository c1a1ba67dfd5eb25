using System.Buffers.Binary;
using System.Text;

namespace Workflow.Documents.Git;

/// <summary>What git's index says of one path.</summary>
/// <param name="Hash">Of the staged content; null when it is only announced (<c>git add --intent-to-add</c>).</param>
/// <param name="IsUnmerged">A merge left several versions of it.</param>
/// <param name="IsSpecial">Marked assume-unchanged or skip-worktree: only git itself knows what that means for a commit.</param>
internal sealed record IndexEntry(string? Hash, bool IsUnmerged, bool IsSpecial);

/// <summary>
/// Reads git's index (gitformat-index, versions 2 to 4), so that looking at a few paths costs no process. Git replaces the file by rename: what is read
/// is one state of it.
/// </summary>
internal static class GitIndex
{
    private const int Signature = 0x44495243; // DIRC
    private const int HeaderLength = 12;
    private const int StatLength = 40;
    private const int SharedIndex = 0x6C696E6B; // "link": most entries stand in another file
    private const int SparseDirectories = 0x73646972; // "sdir": entries may stand for whole folders

    /// <summary>The entries of these paths; paths without one are left out. Null when the index is of a kind that only git reads.</summary>
    /// <param name="file">The index; a repository without one has an empty index.</param>
    /// <param name="paths">Relative to the work tree, with '/'.</param>
    /// <param name="hashLength">Bytes of an object name: 20 or 32.</param>
    public static IReadOnlyDictionary<string, IndexEntry>? Find(string file, IReadOnlyCollection<string> paths, int hashLength)
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(file);
        }
        catch (FileNotFoundException)
        {
            return new Dictionary<string, IndexEntry>(StringComparer.Ordinal);
        }

        return Parse(bytes, paths, hashLength);
    }

    internal static IReadOnlyDictionary<string, IndexEntry>? Parse(ReadOnlySpan<byte> bytes, IReadOnlyCollection<string> paths, int hashLength)
    {
        if (bytes.Length < HeaderLength + hashLength || Int32(bytes) != Signature)
            return null;
        var version = Int32(bytes[4..]);
        if (version is not (2 or 3 or 4))
            return null;
        var wanted = paths.Select(path => (Text: path, Bytes: Encoding.UTF8.GetBytes(path))).ToArray();
        var found = new Dictionary<string, IndexEntry>(StringComparer.Ordinal);
        var at = HeaderLength;
        var name = new List<byte>();
        try
        {
            for (var left = Int32(bytes[8..]); left > 0; left--)
            {
                var entry = bytes[at..];
                var flags = BinaryPrimitives.ReadUInt16BigEndian(entry[(StatLength + hashLength)..]);
                var isExtended = (flags & 0x4000) != 0;
                var more = isExtended ? BinaryPrimitives.ReadUInt16BigEndian(entry[(StatLength + hashLength + 2)..]) : (ushort)0;
                var start = StatLength + hashLength + (isExtended ? 4 : 2);
                at += version == 4 ? start + ReadCompressed(entry[start..], name) : ReadPadded(entry, start, name);
                foreach (var (text, encoded) in wanted)
                {
                    if (System.Runtime.InteropServices.CollectionsMarshal.AsSpan(name).SequenceEqual(encoded))
                        found[text] = Entry(entry, flags, more, hashLength);
                }
            }

            return HasForeignExtension(bytes[at..^hashLength]) ? null : found;
        }
        catch (ArgumentOutOfRangeException)
        {
            return null; // not what the format says
        }
    }

    private static IndexEntry Entry(ReadOnlySpan<byte> entry, ushort flags, ushort more, int hashLength)
    {
        const int assumeUnchanged = 0x8000, stage = 0x3000, skipWorktree = 0x4000, intentToAdd = 0x2000;
        return new IndexEntry(
            (more & intentToAdd) != 0 ? null : Convert.ToHexStringLower(entry.Slice(StatLength, hashLength)),
            (flags & stage) != 0,
            (flags & assumeUnchanged) != 0 || (more & skipWorktree) != 0);
    }

    // Versions 2 and 3: the name, then 1 to 8 NULs up to a multiple of eight.
    private static int ReadPadded(ReadOnlySpan<byte> entry, int start, List<byte> name)
    {
        var length = entry[start..].IndexOf((byte)0);
        name.Clear();
        name.AddRange(entry.Slice(start, length));
        return (start + length + 8) / 8 * 8;
    }

    // Version 4: how much of the previous name to drop (a number as in pack files' offsets), then what comes instead.
    private static int ReadCompressed(ReadOnlySpan<byte> rest, List<byte> name)
    {
        var at = 0;
        var drop = rest[at] & 0x7F;
        while ((rest[at++] & 0x80) != 0)
            drop = ((drop + 1) << 7) | (rest[at] & 0x7F);
        var length = rest[at..].IndexOf((byte)0);
        name.RemoveRange(name.Count - drop, drop);
        name.AddRange(rest.Slice(at, length));
        return at + length + 1;
    }

    private static bool HasForeignExtension(ReadOnlySpan<byte> rest)
    {
        while (rest.Length >= 8)
        {
            if (Int32(rest) is SharedIndex or SparseDirectories)
                return true;
            rest = rest[(8 + Int32(rest[4..]))..];
        }

        return false;
    }

    private static int Int32(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadInt32BigEndian(bytes);
}
