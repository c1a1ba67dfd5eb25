using System.Formats.Tar;
using System.IO.Compression;

namespace EndToEndTests.Harness;

/// <summary>Archives of repositories with OpenSpec changes: the edge cases of the tests always, public repositories when they are at hand.</summary>
internal static class CorpusArchive
{
    private const string Variable = "WO_TEST_CORPUS";

    public static string EdgeCases { get; } = Path.Combine(Programs.Root, "tests", "OpenSpec.Tests", "EdgeCases", "edge-cases.tar.gz");

    /// <summary>Archives of public repositories: in the folder that the variable names, else in <c>shared/corpus</c> beside a folder above this one.</summary>
    public static IReadOnlyList<string> Repositories { get; } = Find();

    /// <summary>Unpacks the content of one folder of an archive (<c>ARCHIVE/folder/…</c>). Returns how many files it has.</summary>
    public static int Unpack(string archive, string folder, string target)
    {
        using var stream = new GZipStream(File.OpenRead(archive), CompressionMode.Decompress);
        using var reader = new TarReader(stream);
        var files = 0;
        while (reader.GetNextEntry() is { } entry)
        {
            var parts = entry.Name.TrimEnd('/').Split('/', 3);
            if (parts.Length < 3 || parts[1] != folder)
                continue;
            var path = Path.Combine(target, parts[2]);
            Directory.CreateDirectory(entry.EntryType == TarEntryType.Directory ? path : Path.GetDirectoryName(path)!);
            if (entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile))
                continue;
            using var file = new FileStream(path, FileMode.CreateNew);
            entry.DataStream?.CopyTo(file);
            files++;
        }

        return files;
    }

    private static string[] Find()
    {
        var folder = Environment.GetEnvironmentVariable(Variable);
        for (var above = new DirectoryInfo(Programs.Root); string.IsNullOrEmpty(folder) && above is not null; above = above.Parent)
        {
            var candidate = Path.Combine(above.FullName, "shared", "corpus");
            folder = Directory.Exists(candidate) ? candidate : null;
        }

        return string.IsNullOrEmpty(folder)
            ? []
            : [.. Directory.GetFiles(folder, "*.tar.gz").Where(file => !file.EndsWith("edge-cases.tar.gz", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
    }
}
