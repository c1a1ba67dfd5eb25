using System.Formats.Tar;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Platform.Logging;
using Workflow.Hosting;

namespace Workflow.Commands.Doctor;

/// <summary>
/// An archive for a bug report: the checks, the health, the settings with their sources, versions, and the last of the logs. No store, no backups, no
/// recorded exchanges, so no document text; and whatever looks like a secret is masked, as is the home folder.
/// </summary>
internal sealed class DoctorBundle(SettingsSnapshot snapshot, Repository repository, TimeProvider time)
{
    private const int MaxLogFiles = 4;
    private const int MaxLogBytes = 2 * 1024 * 1024;

    /// <summary>Writes it.</summary>
    /// <param name="path">Where; null chooses a name in the current folder.</param>
    /// <param name="report">The checks as JSON.</param>
    /// <param name="status">The daemon's status, if it runs.</param>
    /// <returns>Where it is.</returns>
    public string Write(string? path, string report, JsonElement? status)
    {
        var target = Path.GetFullPath(path ?? $"wo-doctor-{time.GetUtcNow():yyyyMMddTHHmmssZ}.tar.gz");
        using var stream = new FileStream(target, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite });
        using var zip = new GZipStream(stream, CompressionLevel.Optimal);
        using var tar = new TarWriter(zip, TarEntryFormat.Pax);
        Add(tar, "doctor.json", report);
        Add(tar, "settings.txt", string.Join('\n', snapshot.Sources.Select(source => $"{source.Key} = {Secrets.Mask(source.Key, source.Value)}    ({source.Source})")));
        Add(tar, "versions.txt", $"wo {HealthReporter.Version}\n{RuntimeInformation.FrameworkDescription}\n{RuntimeInformation.OSDescription} {RuntimeInformation.OSArchitecture}\n");
        if (status is { } health)
            Add(tar, "status.json", health.GetRawText());
        foreach (var log in Directory.Exists(repository.LogFolder) ? new DirectoryInfo(repository.LogFolder).GetFiles().OrderByDescending(file => file.LastWriteTimeUtc).Take(MaxLogFiles) : [])
            Add(tar, "logs/" + log.Name, Tail(log.FullName));
        return target;
    }

    private static void Add(TarWriter tar, string name, string text)
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var clean = SecretRedactor.Shared.Redact(home.Length > 1 ? text.Replace(home, "~", StringComparison.Ordinal) : text);
        tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(clean)) });
    }

    private static string Tail(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        stream.Seek(-Math.Min(stream.Length, MaxLogBytes), SeekOrigin.End);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
