using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Platform.Sqlite;

namespace Workflow.Storage;

/// <summary>What stands in a backup, first entry of the archive.</summary>
/// <param name="Version">Version of the program that made it.</param>
/// <param name="Schema">Schema version of the store.</param>
/// <param name="Repository">The repository whose state it is.</param>
/// <param name="CreatedAt">When, UTC.</param>
/// <param name="Files">SHA-256 of each file, by its path in the archive.</param>
internal sealed record BackupManifest(string Version, int Schema, string Repository, DateTimeOffset CreatedAt, IReadOnlyDictionary<string, string> Files);

/// <summary>A backup cannot be made, or cannot be trusted; the message says why.</summary>
internal sealed class BackupException(string message) : Exception(message);

/// <summary>
/// Backup and restore of a repository's state: the store, by SQLite's online backup and so also while the daemon works, and the document backups beside
/// it. An archive is checked when it is written and before anything of it is used.
/// </summary>
internal static class StateBackup
{
    private const string ManifestName = "manifest.json";
    private const string StoreName = "store.db";
    private const string BackupsName = "backups/";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web) { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Writes an archive; a file with this name appears only when it is whole and has been read back.</summary>
    /// <exception cref="BackupException">The store is missing or damaged.</exception>
    public static BackupManifest Create(string storeFile, string backupsFolder, string repository, string version, string target, DateTimeOffset now)
    {
        if (!File.Exists(storeFile))
            throw new BackupException($"There is nothing to back up: {storeFile} does not exist. Has the daemon served this repository?");
        var work = Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(target))!, $".wo-backup-{Guid.NewGuid():N}"), OwnerOnly | UnixFileMode.UserExecute).FullName;
        try
        {
            var copy = Path.Combine(work, StoreName);
            CopyStore(storeFile, copy);
            var schema = CheckStore(copy);
            var files = new SortedDictionary<string, string>(StringComparer.Ordinal) { [StoreName] = copy };
            foreach (var file in Directory.Exists(backupsFolder) ? Directory.EnumerateFiles(backupsFolder, "*", SearchOption.AllDirectories) : [])
                files[BackupsName + Path.GetRelativePath(backupsFolder, file)] = file;
            var archive = Path.Combine(work, "archive");
            var manifest = WriteArchive(archive, files, hashes => new BackupManifest(version, schema, repository, now, hashes));
            _ = Read(archive, null); // what cannot be read back is no backup
            File.Move(archive, target, overwrite: true);
            return manifest;
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }

    /// <summary>The repository that an archive was made of; the whole archive is checked.</summary>
    /// <exception cref="BackupException">It is damaged or no backup at all.</exception>
    public static string RepositoryOf(string archive) => Read(archive, null).Repository;

    /// <summary>Checks an archive and puts it in the place of the state. The caller holds the instance lock: no daemon works meanwhile.</summary>
    /// <returns>The manifest, and where the store that was there before is kept.</returns>
    /// <exception cref="BackupException">It is damaged, of a newer version, or no backup at all. Nothing has been changed.</exception>
    public static (BackupManifest Manifest, string? Kept) Restore(string archive, string storeFile, string backupsFolder, DateTimeOffset now)
    {
        var state = Path.GetDirectoryName(storeFile)!;
        var work = Directory.CreateDirectory(Path.Combine(state, $".wo-restore-{Guid.NewGuid():N}"), OwnerOnly | UnixFileMode.UserExecute).FullName;
        try
        {
            var manifest = Read(archive, work);
            if (manifest.Schema > SchemaMigrations.Current)
                throw new BackupException($"The backup was made by version {manifest.Version} with schema {manifest.Schema}; this build knows schemas up to {SchemaMigrations.Current}. Restore it with that version or a newer one.");
            CheckStore(Path.Combine(work, StoreName));
            var kept = KeepPresent(storeFile, now);
            Directory.CreateDirectory(backupsFolder);
            foreach (var name in manifest.Files.Keys.Where(name => name.StartsWith(BackupsName, StringComparison.Ordinal)))
            {
                var to = Path.Combine(backupsFolder, name[BackupsName.Length..]);
                Directory.CreateDirectory(Path.GetDirectoryName(to)!);
                File.Move(Path.Combine(work, name), to, overwrite: true);
            }

            File.Move(Path.Combine(work, StoreName), storeFile, overwrite: true);
            return (manifest, kept);
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }

    // The present store becomes one file beside the new one; its write-ahead log must not meet the restored store.
    private static string? KeepPresent(string storeFile, DateTimeOffset now)
    {
        if (!File.Exists(storeFile))
            return null;
        var kept = $"{storeFile}.before-restore-{now:yyyyMMddTHHmmss}";
        try
        {
            CopyStore(storeFile, kept);
        }
        catch (SqliteException)
        {
            File.Copy(storeFile, kept, overwrite: true); // damaged: kept as it is, for somebody who knows
        }

        File.Delete(storeFile + "-wal");
        File.Delete(storeFile + "-shm");
        return kept;
    }

    private static void CopyStore(string from, string to)
    {
        SystemSqlite.Initialize();
        using (var stream = new FileStream(to, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = OwnerOnly }))
        {
            stream.Flush(flushToDisk: true); // the mode before the content
        }

        using var source = Open(from, SqliteOpenMode.ReadWrite); // a reader of a write-ahead log has to be able to make its index
        using var target = Open(to, SqliteOpenMode.ReadWrite);
        source.BackupDatabase(target);
        Execute(target, "PRAGMA journal_mode=DELETE"); // one file, nothing beside it
    }

    private static int CheckStore(string path)
    {
        try
        {
            SystemSqlite.Initialize();
            using var connection = Open(path, SqliteOpenMode.ReadOnly);
            var verdict = Execute(connection, "PRAGMA integrity_check") as string;
            return verdict == "ok"
                ? Convert.ToInt32(Execute(connection, "PRAGMA user_version"), System.Globalization.CultureInfo.InvariantCulture)
                : throw new BackupException($"The store is damaged: {verdict}");
        }
        catch (SqliteException error)
        {
            throw new BackupException($"The store cannot be read: {error.Message}");
        }
    }

    private static BackupManifest WriteArchive(string path, SortedDictionary<string, string> files, Func<IReadOnlyDictionary<string, string>, BackupManifest> describe)
    {
        var hashes = files.ToDictionary(file => file.Key, file => Hash(file.Value), StringComparer.Ordinal);
        var manifest = describe(hashes);
        using var stream = new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly });
        using (var zip = new GZipStream(stream, CompressionLevel.Optimal, leaveOpen: true))
        using (var tar = new TarWriter(zip, TarEntryFormat.Pax))
        {
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, ManifestName) { Mode = OwnerOnly, DataStream = new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(manifest, s_json)) });
            foreach (var (name, file) in files)
            {
                using var content = File.OpenRead(file);
                tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { Mode = OwnerOnly, DataStream = content });
            }
        }

        stream.Flush(flushToDisk: true);
        return manifest;
    }

    /// <summary>Reads an archive through, checks every hash, and writes its files into <paramref name="target"/> if one is given.</summary>
    private static BackupManifest Read(string archive, string? target)
    {
        try
        {
            using var stream = File.OpenRead(archive);
            using var zip = new GZipStream(stream, CompressionMode.Decompress);
            using var tar = new TarReader(zip);
            if (tar.GetNextEntry() is not { Name: ManifestName, DataStream: { } head } || JsonSerializer.Deserialize<BackupManifest>(head, s_json) is not { Files: not null } manifest)
                throw new BackupException($"{archive} is no backup of wo: it does not begin with {ManifestName}.");
            var left = new Dictionary<string, string>(manifest.Files, StringComparer.Ordinal);
            while (tar.GetNextEntry() is { } entry)
            {
                if (!left.Remove(entry.Name, out var hash) || !IsSafe(entry.Name) || entry.EntryType != TarEntryType.RegularFile)
                    throw new BackupException($"{archive} holds '{entry.Name}', which its manifest does not name.");
                Extract(entry, hash, archive, target);
            }

            return left.Count == 0 && manifest.Files.ContainsKey(StoreName) ? manifest : throw new BackupException($"{archive} is cut off: '{left.Keys.FirstOrDefault(StoreName)}' is missing.");
        }
        catch (Exception error) when (error is InvalidDataException or JsonException or EndOfStreamException or FormatException)
        {
            throw new BackupException($"{archive} is no backup of wo, or is damaged: {error.Message}");
        }
    }

    private static void Extract(TarEntry entry, string hash, string archive, string? target)
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var path = target is null ? null : Path.Combine(target, entry.Name);
        if (path is not null)
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using (var output = path is null ? null : new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly }))
        {
            var buffer = new byte[81920];
            while (entry.DataStream?.Read(buffer) is > 0 and var read)
            {
                sha.AppendData(buffer, 0, read);
                output?.Write(buffer, 0, read);
            }

            output?.Flush(flushToDisk: true);
        }

        if (Convert.ToHexStringLower(sha.GetHashAndReset()) != hash)
            throw new BackupException($"{archive} is damaged: '{entry.Name}' is not what was saved.");
    }

    private static bool IsSafe(string name) =>
        name == StoreName || (name.StartsWith(BackupsName, StringComparison.Ordinal) && name.Split('/').All(part => part is not ("" or "." or "..")));

    private static string Hash(string path)
    {
        using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    private static SqliteConnection Open(string path, SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = false, DefaultTimeout = 60 }.ToString());
        connection.Open();
        return connection;
    }

    private static object? Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}
