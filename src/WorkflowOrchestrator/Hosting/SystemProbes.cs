using System.Globalization;
using Platform.Processes;

namespace Workflow.Hosting;

/// <summary>Whether git can be run in this repository by this user. Whether a commit goes through is reported where commits are made.</summary>
internal sealed class GitProbe(Repository repository, CurrentSettings settings, HealthBoard health) : ICapabilityProbe
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(8);

    public string Name => "git";

    public async Task ProbeAsync(CancellationToken cancellationToken)
    {
        if (settings.Documents.AutoCommit && await TroubleAsync(repository.Root, cancellationToken) is { } trouble)
            health.Raise(Warnables.GitUnusable, trouble);
        else
            health.Clear(Warnables.GitUnusable);
    }

    /// <summary>Why git does not work there; null when it does, or when the folder is in no repository.</summary>
    public static async Task<string?> TroubleAsync(string folder, CancellationToken cancellationToken)
    {
        try
        {
            var call = new ChildProcessCall("git", ["-C", folder, "rev-parse", "--git-dir"], folder, s_limit) { Environment = new Dictionary<string, string?>(StringComparer.Ordinal) { ["LC_ALL"] = "C", ["GIT_OPTIONAL_LOCKS"] = "0" } };
            var result = await ChildProcess.RunAsync(call, cancellationToken);
            return result.ExitCode == 0 || result.Error.Contains("not a git repository", StringComparison.Ordinal) ? null : result.Error.Trim().ReplaceLineEndings(" ");
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            return $"git cannot be started: {error.Message}";
        }
    }
}

/// <summary>Whether there is room for the store, the backups and the documents.</summary>
internal sealed class DiskProbe(Repository repository, CurrentSettings settings, HealthBoard health) : ICapabilityProbe
{
    public string Name => "disk";

    public Task ProbeAsync(CancellationToken cancellationToken)
    {
        if (LowSpace([repository.StateFolder, repository.Root], settings.Health.MinFreeBytes) is { } low)
            health.Raise(Warnables.DiskLow, low);
        else
            health.Clear(Warnables.DiskLow);
        return Task.CompletedTask;
    }

    /// <summary>The folders with less free space than <paramref name="minimum"/> bytes, for people; null when there are none.</summary>
    public static string? LowSpace(IEnumerable<string> folders, long minimum)
    {
        var low = folders.Where(Directory.Exists)
            .Select(folder => (Folder: folder, Free: new DriveInfo(folder).AvailableFreeSpace))
            .Where(space => space.Free < minimum)
            .Select(space => string.Create(CultureInfo.InvariantCulture, $"{space.Folder}: {space.Free / 1_000_000} MB free"))
            .ToList();
        return low.Count == 0 ? null : string.Join("; ", low) + string.Create(CultureInfo.InvariantCulture, $" (health.min_free_megabytes is {minimum / 1_000_000})");
    }
}

/// <summary>How near this process is to the kernel's limits for watching files. Linux only: elsewhere there are none.</summary>
internal sealed class WatchLimitProbe(HealthBoard health) : ICapabilityProbe
{
    private const double AlarmShare = 0.8;
    private const int FewInstances = 8;

    public string Name => "inotify";

    public Task ProbeAsync(CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsLinux() && Near() is { } near)
            health.Raise(Warnables.WatchLimit, near);
        else
            health.Clear(Warnables.WatchLimit);
        return Task.CompletedTask;
    }

    /// <summary>Which limit is near; null when none is.</summary>
    public static string? Near() => Judge(Limit("max_user_watches"), Limit("max_user_instances"), WatchesOfThisProcess());

    /// <summary>Pure part of <see cref="Near"/>; a limit that is not known is null.</summary>
    public static string? Judge(long? maxWatches, long? maxInstances, long watches)
    {
        if (maxWatches is { } most && watches > most * AlarmShare)
            return string.Create(CultureInfo.InvariantCulture, $"{watches} of {most} watches (fs.inotify.max_user_watches) are used by this process alone");
        return maxInstances < FewInstances ? string.Create(CultureInfo.InvariantCulture, $"fs.inotify.max_user_instances is {maxInstances}") : null;
    }

    private static long? Limit(string name)
    {
        var path = $"/proc/sys/fs/inotify/{name}";
        return File.Exists(path) && long.TryParse(File.ReadAllText(path), NumberStyles.Integer, CultureInfo.InvariantCulture, out var limit) ? limit : null;
    }

    private static long WatchesOfThisProcess()
    {
        long count = 0;
        foreach (var file in Directory.EnumerateFiles("/proc/self/fdinfo"))
        {
            try
            {
                count += File.ReadLines(file).LongCount(line => line.StartsWith("inotify ", StringComparison.Ordinal));
            }
            catch (IOException)
            {
                // Closed meanwhile.
            }
        }

        return count;
    }
}
