using System.Text.Json;
using System.Text.Json.Nodes;
using Platform.Processes;
using Testing;
using Workflow.Commands;
using Workflow.Hosting;
using Workflow.Mcp;

namespace EndToEndTests.Harness;

/// <summary>
/// A repository with everything that serving it needs and nothing that it shares with others: a short folder under /tmp with the work tree,
/// the state, the sockets and a home; real processes; and the daemon's own command line. Disposing ends the processes and deletes the folder.
/// </summary>
internal sealed class ServedRepository : IAsyncDisposable
{
    private static readonly TimeSpan CommandTimeout = TimeSpan.FromSeconds(120);

    // What this machine's user has set must not reach the programs under test.
    private static readonly string[] s_dropped = ["WO__", "WO_", "WORKFLOW_ORCHESTRATOR_", "OPENSPEC_", "LM_STUDIO_", "MCP_ORCHESTRATOR_", "STATE_DIRECTORY", "XDG_", "GIT_", "HOME", "TMPDIR", "NOTIFY_SOCKET"];

    private readonly List<RunningProgram> _programs = [];

    private ServedRepository(string folder, string name)
    {
        Folder = folder;
        Git = new GitWorkTree(Path.Combine(folder, name));
        Environment = System.Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>()
            .Where(entry => !s_dropped.Any(prefix => ((string)entry.Key).StartsWith(prefix, StringComparison.Ordinal)))
            .ToDictionary(entry => (string)entry.Key, entry => (string)entry.Value!, StringComparer.Ordinal);
        foreach (var (key, value) in GitWorkTree.Isolation)
            Environment[key] = value;
        Environment["HOME"] = Directory.CreateDirectory(Path.Combine(folder, "home")).FullName;
        Environment["TMPDIR"] = Directory.CreateDirectory(Path.Combine(folder, "tmp")).FullName;
        Environment["XDG_STATE_HOME"] = Path.Combine(folder, "state");
        Environment["WORKFLOW_ORCHESTRATOR_SOCKET"] = Path.Combine(folder, "wo.sock");
        Environment["MCP_ORCHESTRATOR_SOCKET"] = Path.Combine(folder, "mcp.sock");
        Environment["LM_STUDIO_BASE_URL"] = "http://127.0.0.1:9";
        Environment["WO__HTTP__LISTEN"] = "127.0.0.1:0";
    }

    /// <summary>The folder of this test; a process that still mentions it has been left behind.</summary>
    public string Folder { get; }

    public GitWorkTree Git { get; }

    /// <summary>The environment of every program that is started from here; tests add to it.</summary>
    public Dictionary<string, string> Environment { get; }

    public string Root => Git.Folder;

    public string ChangesFolder => Path.Combine(Root, "openspec", "changes");

    public string Socket => Environment["WORKFLOW_ORCHESTRATOR_SOCKET"];

    public string McpSocket => Environment["MCP_ORCHESTRATOR_SOCKET"];

    public string StateFolder => RepositoryLocator.Locate(Root, Settings(), Environment).StateFolder;

    /// <summary>A folder without a repository yet.</summary>
    /// <param name="name">Name of the repository's folder.</param>
    public static ServedRepository Create(string name = "repo")
    {
        var folder = Directory.CreateDirectory($"/tmp/wo-e2e-{Guid.NewGuid().ToString("N")[..8]}").FullName;
        return new ServedRepository(folder, name);
    }

    /// <summary>A git repository with the given content, committed.</summary>
    public static async Task<ServedRepository> CreateAsync(Func<string, Task> fill)
    {
        var served = Create();
        await served.Git.InitialiseAsync();
        await fill(served.Root);
        await served.Git.CommitAllAsync("What was there before");
        return served;
    }

    /// <summary>Starts the daemon and, unless told otherwise, waits until it is ready.</summary>
    public async Task<RunningProgram> StartDaemonAsync(bool wait = true)
    {
        var daemon = StartProgram(Programs.Wo, "--repo", Root, "run");
        if (wait)
            await WaitReadyAsync(daemon);
        return daemon;
    }

    /// <summary>Starts the MCP Orchestrator and waits until it listens.</summary>
    /// <param name="config">File with its agents; null: the one that is shipped.</param>
    public async Task<RunningProgram> StartMcpOrchestratorAsync(string? config = null)
    {
        var hub = StartProgram(Programs.McpOrchestrator, "run", "--repo", Root, "--socket", McpSocket, "--config", config ?? Path.Combine(Programs.Root, "config", "agents.yaml"), "--state", Path.Combine(Folder, "hub"));
        await Eventually.HoldsAsync("the MCP Orchestrator listens", () => File.Exists(McpSocket) || Ended(hub), () => hub.Output);
        return hub;
    }

    public RunningProgram StartProgram(string program, params string[] arguments)
    {
        var running = RunningProgram.Start(program, arguments, Folder, Environment);
        _programs.Add(running);
        return running;
    }

    /// <summary>The program with this process id that was started from here.</summary>
    public RunningProgram Running(int id) => _programs.Single(program => program.Id == id);

    /// <summary>Waits until the daemon serves and its first scan is done.</summary>
    public Task WaitReadyAsync(RunningProgram daemon) =>
        Eventually.HoldsAsync(
            "the daemon is ready",
            async () => Ended(daemon) || (await TryCallAsync("get_status") is { } status && status.GetProperty("process_id").GetInt32() == daemon.Id && status.GetProperty("ready").GetBoolean()),
            () => daemon.Output);

    /// <summary>Calls a tool of the daemon over its socket.</summary>
    public async Task<JsonElement> CallAsync(string tool, JsonObject? arguments = null)
    {
        await using var client = await DaemonClient.ConnectAsync(Socket, "end-to-end-test", CancellationToken.None);
        return await client.CallAsync(tool, arguments, CommandTimeout, CancellationToken.None) switch
        {
            DaemonReply.Done done => done.Result,
            DaemonReply.Failed failed => throw new InvalidOperationException($"{tool}: {failed.Message}"),
            _ => throw new InvalidOperationException("A reply of a kind that is not known."),
        };
    }

    /// <summary>The same; null while the daemon cannot be reached.</summary>
    public async Task<JsonElement?> TryCallAsync(string tool, JsonObject? arguments = null)
    {
        try
        {
            return await CallAsync(tool, arguments);
        }
        catch (DaemonUnreachableException)
        {
            return null;
        }
    }

    /// <summary>Runs the command line against this repository.</summary>
    public Task<ChildProcessResult> WoAsync(params string[] arguments) => RunAsync(Programs.Wo, CommandTimeout, ["--repo", Root, .. arguments]);

    /// <summary>Runs a command of the command line that prints JSON.</summary>
    public async Task<JsonElement> WoJsonAsync(params string[] arguments)
    {
        var result = await WoAsync([.. arguments, "--json"]);
        Assert.True(result.Output.Length > 0, $"wo {string.Join(' ', arguments)}: {result.ExitCode} {result.Error}");
        return JsonElement.Parse(result.Output);
    }

    /// <summary>Runs a program to its end.</summary>
    public Task<ChildProcessResult> RunAsync(string program, TimeSpan timeout, params string[] arguments) =>
        ChildProcess.RunAsync(
            new ChildProcessCall(program, arguments, Folder, timeout)
            {
                Environment = Environment.ToDictionary(pair => pair.Key, pair => (string?)pair.Value, StringComparer.Ordinal),
                DropVariable = name => !Environment.ContainsKey(name),
                MaxOutputBytes = 64 * 1024 * 1024,
            },
            CancellationToken.None);

    /// <summary>One dependency of the daemon's health.</summary>
    public async Task<JsonElement?> DependencyAsync(string name) =>
        await TryCallAsync("get_status") is { } status ? status.Items("dependencies").Where(dependency => dependency.Text("name") == name).Select(found => (JsonElement?)found).FirstOrDefault() : null;

    /// <summary>Waits until a dependency is in a state, and returns it.</summary>
    public async Task<JsonElement> WaitForHealthAsync(string name, string state)
    {
        JsonElement? last = null;
        await Eventually.HoldsAsync($"health of {name} is {state}", async () => (last = await DependencyAsync(name))?.Text("state") == state, () => $"It is: {last}");
        return last!.Value;
    }

    public string ChangeFolder(string change) => Path.Combine(ChangesFolder, change);

    public async ValueTask DisposeAsync()
    {
        foreach (var program in Enumerable.Reverse(_programs))
            await program.DisposeAsync();
        Delete(Folder);
    }

    /// <summary>Throws with the program's output when it has ended: nobody waits for the dead.</summary>
    private static bool Ended(RunningProgram program) =>
        program.HasExited ? throw new InvalidOperationException($"The program has ended. Its output:\n{program.Output}") : false;

    private OrchestratorSettings Settings() =>
        SettingsLoader.Load(Root, null, Environment) is SettingsOutcome.Valid valid ? valid.Settings : throw new InvalidOperationException("The test's own configuration is invalid.");

    // A child of a killed daemon (git) may still be writing.
    private static void Delete(string folder)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                Directory.Delete(folder, recursive: true);
                return;
            }
            catch (DirectoryNotFoundException)
            {
                return;
            }
            catch (Exception error) when (attempt < 50 && error is IOException or UnauthorizedAccessException)
            {
                Thread.Sleep(100);
            }
        }
    }
}
