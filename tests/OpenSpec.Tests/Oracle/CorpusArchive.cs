using System.Formats.Tar;
using System.IO.Compression;

namespace OpenSpec.Tests.Oracle;

/// <summary>A corpus archive, read into memory.</summary>
internal sealed class CorpusArchive
{
    private CorpusArchive(string name, Dictionary<string, byte[]> files, List<string> directories)
    {
        Name = name;
        Files = files;
        Directories = directories;
    }

    public string Name { get; }

    /// <summary>Path inside the archive's own folder to bytes.</summary>
    public Dictionary<string, byte[]> Files { get; }

    public List<string> Directories { get; }

    public static CorpusArchive Open(string path)
    {
        using var stream = File.OpenRead(path);
        using var unpacked = new GZipStream(stream, CompressionMode.Decompress);
        using var reader = new TarReader(unpacked);
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        var directories = new List<string>();
        while (reader.GetNextEntry() is { } entry)
        {
            var name = entry.Name.TrimEnd('/');
            name = name[(name.IndexOf('/') + 1)..];
            if (entry.EntryType == TarEntryType.Directory)
                directories.Add(name);
            if (entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile))
                continue;
            using var content = new MemoryStream();
            entry.DataStream?.CopyTo(content);
            files[name] = content.ToArray();
        }

        return new(Path.GetFileName(path), files, directories);
    }

    /// <summary>The tree below a folder, as an <c>openspec</c> folder.</summary>
    public MemoryFiles Tree(string root)
    {
        var prefix = root + "/";
        return new(
            Files.Where(f => f.Key.StartsWith(prefix, StringComparison.Ordinal)).Select(f => KeyValuePair.Create(f.Key[prefix.Length..], new ReadOnlyMemory<byte>(f.Value))),
            Directories.Where(d => d.StartsWith(prefix, StringComparison.Ordinal)).Select(d => d[prefix.Length..]));
    }
}
