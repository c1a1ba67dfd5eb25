using System.Text.Json;
using Platform.Sockets;
using Workflow.Hosting;

namespace Workflow.Documents;

/// <summary>
/// Copies of documents as they were before each update: <c>backups/UPDATE/PATH</c>, byte for byte and with their mode, and <c>manifest.json</c>,
/// which is written last: a backup with a manifest is complete. They stand here for people and their tools before the first document is changed; they do
/// not wait for the disk, because the same bytes are durable in the journal by then, from which a copy that a power failure took is made again.
/// </summary>
internal sealed class BackupFolder(string folder)
{
    private const string Manifest = "manifest.json";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = true };

    /// <summary>Makes the backup of an update; one that is complete stays as it is.</summary>
    /// <param name="update">The update.</param>
    /// <param name="files">Its documents before and after.</param>
    /// <param name="changesFolder">Where the changes stand.</param>
    public void Make(UpdateRecord update, IReadOnlyList<PreparedFile> files, string changesFolder)
    {
        var own = OwnFolder(update.Id);
        if (IsComplete(update.Id))
            return;
        Directory.CreateDirectory(folder, OwnerOnly);
        Directory.CreateDirectory(own, OwnerOnly);
        string PlaceOf(PreparedFile file) => Path.Combine(changesFolder, update.Change.Value, Path.Combine(file.Path.Value.Split('/')));
        foreach (var file in files)
        {
            if (file.Before is { } bytes)
                Copy(bytes, Path.Combine(own, Path.Combine(file.Path.Value.Split('/'))), UnixFile.Inspect(PlaceOf(file))?.Mode);
            Failpoint.Hit(DocumentFailpoints.DuringBackup);
        }

        var manifest = new
        {
            update = update.Id.Value,
            change = update.Change.Value,
            revision = update.Revision.Value,
            files = files.Select(file => new { path = file.Path.Value, existed = file.Before is not null, sha256 = file.Summary.BaseHash, from = PlaceOf(file) }),
        };

        // The manifest appears under its name only when all is there: a name is what IsComplete looks for.
        Create(Path.Combine(own, Manifest + ".new"), JsonSerializer.SerializeToUtf8Bytes(manifest, s_json));
        File.Move(Path.Combine(own, Manifest + ".new"), Path.Combine(own, Manifest), overwrite: true);
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

    private static void Copy(byte[] bytes, string path, int? mode)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!, OwnerOnly);
        Create(path, bytes);
        if (mode is { } bits && !OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, (UnixFileMode)bits);
    }

    // What an interrupted attempt left is replaced: until the manifest stands, no document has been changed.
    private static void Create(string path, byte[] bytes)
    {
        File.Delete(path);
        using var stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        stream.Write(bytes);
    }
}
