using System.Text.Json;
using Platform.Files;
using Platform.Sockets;
using Workflow.Hosting;

namespace Workflow.Documents;

/// <summary>
/// Copies of documents as they were before each update: <c>backups/UPDATE/PATH</c>, byte for byte and with their mode, and <c>manifest.json</c>,
/// which is written last: a backup with a manifest is complete.
/// </summary>
internal sealed class BackupFolder(string folder)
{
    private const string Manifest = "manifest.json";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = true };

    /// <summary>Makes the backup of an update; one that is complete stays as it is.</summary>
    /// <param name="update">The update.</param>
    /// <param name="files">Its documents before and after.</param>
    /// <param name="places">Where each stands on disk.</param>
    public void Make(UpdateRecord update, IReadOnlyList<PreparedFile> files, IReadOnlyList<GuardedPath> places)
    {
        var own = OwnFolder(update.Id);
        if (IsComplete(update.Id))
            return;
        Directory.CreateDirectory(folder, OwnerOnly);
        Directory.CreateDirectory(own, OwnerOnly);
        for (var i = 0; i < files.Count; i++)
        {
            if (files[i].Before is { } bytes)
                Copy(bytes, own, Path.Combine(own, Path.Combine(files[i].Path.Value.Split('/'))), UnixFile.Inspect(places[i].Absolute)?.Mode);
            Failpoint.Hit(DocumentFailpoints.DuringBackup);
        }

        var manifest = new
        {
            update = update.Id.Value,
            change = update.Change.Value,
            revision = update.Revision.Value,
            files = files.Select((file, i) => new { path = file.Path.Value, existed = file.Before is not null, sha256 = file.Summary.BaseHash, from = places[i].Absolute }),
        };

        // The manifest appears under its name only when all is on the disk: a name is what IsComplete looks for.
        Create(Path.Combine(own, Manifest + ".new"), JsonSerializer.SerializeToUtf8Bytes(manifest, s_json));
        File.Move(Path.Combine(own, Manifest + ".new"), Path.Combine(own, Manifest), overwrite: true);
        AtomicFile.FlushFolder(own);
        AtomicFile.FlushFolder(folder);
    }

    public bool IsComplete(UpdateId update) => File.Exists(Path.Combine(OwnFolder(update), Manifest));

    /// <summary>Deletes the backups for which <paramref name="mayGo"/> says yes. Returns how many.</summary>
    public int Prune(Func<UpdateId, bool> mayGo)
    {
        if (!Directory.Exists(folder))
            return 0;
        var count = 0;
        foreach (var own in Directory.EnumerateDirectories(folder))
        {
            if (!UpdateId.TryParse(Path.GetFileName(own), out var id) || !mayGo(id))
                continue;
            Directory.Delete(own, recursive: true);
            count++;
        }

        return count;
    }

    private string OwnFolder(UpdateId update) => Path.Combine(folder, update.Value);

    private static void Copy(byte[] bytes, string own, string path, int? mode)
    {
        var parent = Path.GetDirectoryName(path)!;
        Directory.CreateDirectory(parent, OwnerOnly);
        Create(path, bytes);
        if (mode is { } bits && !OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, (UnixFileMode)bits);
        if (parent != own)
            AtomicFile.FlushFolder(parent); // the update's own folder is flushed once, at the end
    }

    // What an interrupted attempt left is replaced: until the manifest stands, no document has been changed.
    private static void Create(string path, byte[] bytes)
    {
        File.Delete(path);
        using var stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        stream.Write(bytes);
        stream.Flush(flushToDisk: true);
    }
}
