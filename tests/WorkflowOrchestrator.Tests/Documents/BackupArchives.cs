using System.Formats.Tar;
using Workflow.Documents;

namespace Workflow.Tests.Documents;

/// <summary>The archives of backups, read back as a person's tools would.</summary>
internal static class BackupArchives
{
    /// <summary>One file of an archive.</summary>
    internal sealed record Entry(byte[] Bytes, UnixFileMode Mode);

    /// <summary>Everything that the archives of a room hold of an update, by path below it; an update that was begun again may stand in two, which have to agree.</summary>
    public static IReadOnlyDictionary<string, Entry> Of(DocumentRoom room, UpdateId update)
    {
        var entries = new Dictionary<string, Entry>(StringComparer.Ordinal);
        foreach (var archive in Directory.Exists(room.Repository.Backups) ? Directory.GetFiles(room.Repository.Backups, "*.tar") : [])
        {
            using var reader = new TarReader(File.OpenRead(archive));
            while (reader.GetNextEntry(copyData: true) is { } entry)
            {
                if (!entry.Name.StartsWith(update.Value + "/", StringComparison.Ordinal))
                    continue;
                using var bytes = new MemoryStream();
                entry.DataStream?.CopyTo(bytes);
                var (path, now) = (entry.Name[(update.Value.Length + 1)..], new Entry(bytes.ToArray(), entry.Mode));
                if (entries.TryGetValue(path, out var other))
                    Assert.Equal(other.Bytes, now.Bytes);
                entries[path] = now;
            }
        }

        return entries;
    }
}
