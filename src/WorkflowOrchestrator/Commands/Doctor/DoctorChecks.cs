using System.Globalization;
using Microsoft.Data.Sqlite;
using Platform.Processes;
using Platform.Sqlite;
using Workflow.Hosting;
using Workflow.Storage;

namespace Workflow.Commands.Doctor;

/// <summary>How a check went.</summary>
internal enum DoctorVerdict
{
    Ok,

    /// <summary>The daemon works with less, or will.</summary>
    Warning,

    /// <summary>The daemon cannot work so.</summary>
    Failed,
}

/// <summary>One check of <c>wo doctor</c>.</summary>
/// <param name="Name">What was looked at.</param>
/// <param name="Outcome">How it went.</param>
/// <param name="Detail">What was seen.</param>
/// <param name="Remedy">What to do; null when there is nothing to do.</param>
internal sealed record DoctorCheck(string Name, DoctorVerdict Outcome, string Detail, string? Remedy = null);

/// <summary>Looks at everything that a daemon needs, with or without one running.</summary>
internal sealed class DoctorChecks(OrchestratorSettings settings, string? file, Repository repository)
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(5);

    public async Task<IReadOnlyList<DoctorCheck>> RunAsync(CancellationToken cancellationToken) =>
    [
        new DoctorCheck("configuration", DoctorVerdict.Ok, file ?? "no file: defaults"),
        Changes(),
        State(),
        Space(),
        Store(),
        await GitAsync(cancellationToken),
        Watching(),
        Socket("socket", settings.Connection.SocketPath),
        Socket("mcp_socket", settings.Connection.McpSocket),
        await ModelServerAsync(cancellationToken),
    ];

    private DoctorCheck Changes() =>
        Directory.Exists(repository.ChangesFolder) ? new DoctorCheck("changes", DoctorVerdict.Ok, repository.ChangesFolder)
        : File.Exists(repository.ChangesFolder) ? new DoctorCheck("changes", DoctorVerdict.Failed, $"{repository.ChangesFolder} is a file", "Move it away.")
        : new DoctorCheck("changes", DoctorVerdict.Warning, $"{repository.ChangesFolder} does not exist", "wo propose \"Title\" makes the first change; the daemon waits for the folder.");

    private DoctorCheck State()
    {
        if (!Directory.Exists(repository.StateFolder))
            return new DoctorCheck("state", DoctorVerdict.Ok, $"{repository.StateFolder} will be made at the first start");
        var mode = File.GetUnixFileMode(repository.StateFolder);
        const UnixFileMode others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;
        return (mode & others) == UnixFileMode.None
            ? new DoctorCheck("state", DoctorVerdict.Ok, repository.StateFolder)
            : new DoctorCheck("state", DoctorVerdict.Warning, $"{repository.StateFolder} can be read by others", $"chmod 700 '{repository.StateFolder}'");
    }

    private DoctorCheck Space() => DiskProbe.LowSpace([repository.StateFolder, repository.Root], settings.Health.MinFreeBytes) is { } low
        ? new DoctorCheck("disk", DoctorVerdict.Warning, low, Warnables.DiskLow.Remedy)
        : new DoctorCheck("disk", DoctorVerdict.Ok, "enough space");

    private DoctorCheck Store()
    {
        if (!File.Exists(repository.StoreFile))
            return new DoctorCheck("store", DoctorVerdict.Ok, "will be made at the first start");
        try
        {
            SystemSqlite.Initialize();
            using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = repository.StoreFile, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
            connection.Open();
            SchemaMigrations.RefuseNewer(connection, repository.StoreFile);
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA quick_check(1)";
            return command.ExecuteScalar() as string is "ok" and var verdict
                ? new DoctorCheck("store", DoctorVerdict.Ok, string.Create(CultureInfo.InvariantCulture, $"{verdict}, {new FileInfo(repository.StoreFile).Length / 1024} KB"))
                : new DoctorCheck("store", DoctorVerdict.Failed, "the store is damaged", "Stop the daemon, then 'wo restore FILE' with the last backup.");
        }
        catch (Exception error) when (error is SqliteException or StoreVersionException or DllNotFoundException)
        {
            return new DoctorCheck("store", DoctorVerdict.Failed, error.Message, "Stop the daemon, then 'wo restore FILE'; or start the newer version again.");
        }
    }

    private async Task<DoctorCheck> GitAsync(CancellationToken cancellationToken)
    {
        if (!settings.Documents.AutoCommit)
            return new DoctorCheck("git", DoctorVerdict.Ok, "not used: document_updates.auto_commit is off");
        if (await GitProbe.TroubleAsync(repository.Root, cancellationToken) is { } trouble)
            return new DoctorCheck("git", DoctorVerdict.Warning, trouble, Warnables.GitUnusable.Remedy);
        var inside = await ChildProcess.RunAsync(new ChildProcessCall("git", ["rev-parse", "--is-inside-work-tree"], repository.Root, s_limit), cancellationToken);
        return inside.ExitCode == 0
            ? new DoctorCheck("git", DoctorVerdict.Ok, "the repository can be used")
            : new DoctorCheck("git", DoctorVerdict.Warning, $"{repository.Root} is no git repository: updates are written and not committed", $"git init '{repository.Root}', or document_updates.auto_commit: false");
    }

    private static DoctorCheck Watching() => OperatingSystem.IsLinux() && WatchLimitProbe.Near() is { } near
        ? new DoctorCheck("file watching", DoctorVerdict.Warning, near, Warnables.WatchLimit.Remedy)
        : new DoctorCheck("file watching", DoctorVerdict.Ok, "the limits are far");

    // A file that is in the way is met at the start; here it is said before.
    private static DoctorCheck Socket(string name, string path)
    {
        var folder = Path.GetDirectoryName(path)!;
        if (!Directory.Exists(folder))
            return new DoctorCheck(name, DoctorVerdict.Failed, $"the folder {folder} does not exist", $"Make it, or set another {(name == "socket" ? "socket_path" : "mcp_socket")}.");
        if (new FileInfo(path).LinkTarget is not null)
            return new DoctorCheck(name, DoctorVerdict.Failed, $"{path} is a symbolic link", "Somebody may want to redirect the socket: find out who made it, and remove it.");
        if (!File.Exists(path))
            return new DoctorCheck(name, DoctorVerdict.Ok, $"{path} is free");
        const UnixFileMode others = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
        return (File.GetUnixFileMode(path) & others) == UnixFileMode.None
            ? new DoctorCheck(name, DoctorVerdict.Ok, path)
            : new DoctorCheck(name, DoctorVerdict.Warning, $"{path} can be used by others", $"Find out who made it; chmod 600 '{path}'.");
    }

    private async Task<DoctorCheck> ModelServerAsync(CancellationToken cancellationToken)
    {
        using var http = new HttpClient { Timeout = s_limit };
        try
        {
            using var response = await http.GetAsync(new Uri(settings.Connection.LmStudioUrl, "v1/models"), cancellationToken);
            return response.IsSuccessStatusCode
                ? new DoctorCheck("lm_studio", DoctorVerdict.Ok, $"answers at {settings.Connection.LmStudioUrl}")
                : new DoctorCheck("lm_studio", DoctorVerdict.Warning, $"{settings.Connection.LmStudioUrl} answers {(int)response.StatusCode}", "Look into its log; is LM_STUDIO_API_KEY right?");
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return new DoctorCheck("lm_studio", DoctorVerdict.Warning, $"nothing answers at {settings.Connection.LmStudioUrl}: the built-in rules do the reviews", "lms server start");
        }
    }
}
