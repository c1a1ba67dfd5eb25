using System.Formats.Tar;
using System.Text.Json;
using Platform.Sockets;
using Workflow.Hosting;

namespace Workflow.Documents;

/// <summary>
/// Copies of documents as they were before updates, for people and their tools: one tar archive for the updates that are written together, named after the
/// first of them. In it <c>UPDATE/PATH</c>, byte for byte and with mode and owner, and <c>UPDATE/manifest.json</c>. An archive stands under its name when it is
/// complete, and before the first document is changed. It does not wait for the disk, because the same bytes are durable in the journal by then, from which
/// recovery makes it again: what a power failure left of it does not count.
/// </summary>
/// <remarks>One file and not a folder of files: making files is what an update costs most on some file systems. Folders are what earlier versions made.</remarks>
internal sealed class BackupFolder(string folder)
{
    private const string Suffix = ".tar";
    private const string Unfinished = ".new";
    private const string Manifest = "manifest.json";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const int BufferSize = 64 * 1024;

    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = true };

    /// <summary>Makes the archive of updates that are written together, in the place of one that an interrupted attempt left.</summary>
    /// <param name="updates">The updates with their documents; at least one.</param>
    /// <param name="changesFolder">Where the changes stand.</param>
    public void Make(IReadOnlyList<PreparedWrite> updates, string changesFolder)
    {
        var archive = Path.Combine(folder, updates[0].Record.Id.Value + Suffix);
        Directory.CreateDirectory(folder, OwnerOnly | UnixFileMode.UserExecute);
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Share = FileShare.Read, BufferSize = BufferSize };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnly; // the modes of the documents stand inside
        using (var stream = new FileStream(archive + Unfinished, options))
        {
            using var writer = new TarWriter(stream, TarEntryFormat.Pax, leaveOpen: true);
            foreach (var update in updates)
                Write(writer, update, changesFolder);
        }

        File.Move(archive + Unfinished, archive, overwrite: true);
    }

    /// <summary>Deletes the archives for whose every update <paramref name="mayGo"/> says yes. Returns how many.</summary>
    public int Prune(Func<UpdateId, bool> mayGo)
    {
        if (!Directory.Exists(folder))
            return 0;
        var count = 0;
        foreach (var path in Directory.EnumerateFileSystemEntries(folder).ToArray())
        {
            if (!UpdateId.TryParse(Path.GetFileName(path).Split('.')[0], out var first) || !mayGo(first))
                continue;
            if (Directory.Exists(path))
                Directory.Delete(path, recursive: true);
            else if (!path.EndsWith(Suffix, StringComparison.Ordinal) || UpdatesIn(path).All(mayGo))
                File.Delete(path);
            else
                continue;
            count++;
        }

        return count;
    }

    private static void Write(TarWriter writer, PreparedWrite update, string changesFolder)
    {
        var (record, files) = (update.Record, update.Prepared.Files);
        string PlaceOf(PreparedFile file) => Path.Combine(changesFolder, record.Change.Value, Path.Combine(file.Path.Value.Split('/')));
        foreach (var file in files)
        {
            if (file.Before is { } bytes)
                Add(writer, $"{record.Id.Value}/{file.Path.Value}", bytes, UnixFile.Inspect(PlaceOf(file)));
            Failpoint.Hit(DocumentFailpoints.DuringBackup);
        }

        var manifest = new
        {
            update = record.Id.Value,
            change = record.Change.Value,
            revision = record.Revision.Value,
            files = files.Select(file => new { path = file.Path.Value, existed = file.Before is not null, sha256 = file.Summary.BaseHash, from = PlaceOf(file) }),
        };
        Add(writer, $"{record.Id.Value}/{Manifest}", JsonSerializer.SerializeToUtf8Bytes(manifest, s_json), null);
    }

    private static void Add(TarWriter writer, string name, byte[] bytes, UnixFile? seen)
    {
        var entry = new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(bytes), Mode = (UnixFileMode)(seen?.Mode ?? (int)OwnerOnly) };
        if (seen is not null)
            (entry.Uid, entry.Gid) = ((int)seen.Owner, (int)seen.Group);
        writer.WriteEntry(entry);
    }

    // An archive that cannot be read tells nobody anything: it goes with the update that it is named after.
    private static HashSet<UpdateId> UpdatesIn(string archive)
    {
        var updates = new HashSet<UpdateId>();
        try
        {
            using var reader = new TarReader(File.OpenRead(archive));
            while (reader.GetNextEntry() is { } entry)
            {
                if (UpdateId.TryParse(entry.Name.Split('/')[0], out var id))
                    updates.Add(id);
            }
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException or FormatException or ArgumentException)
        {
            // What was read so far counts.
        }

        return updates;
    }
}
