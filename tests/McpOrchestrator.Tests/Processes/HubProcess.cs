using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using McpOrchestrator.Tests.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Platform.Sockets;

namespace McpOrchestrator.Tests.Processes;

/// <summary>The real program in a process of its own.</summary>
internal sealed class HubProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _errors = new();
    private readonly TaskCompletionSource _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private HubProcess(string socket, IEnumerable<string> arguments)
    {
        Socket = socket;
        var start = new ProcessStartInfo("dotnet") { RedirectStandardError = true, RedirectStandardOutput = true, UseShellExecute = false };
        foreach (var argument in (IEnumerable<string>)[Path.Combine(AppContext.BaseDirectory, "mcp-orchestrator.dll"), .. arguments]) start.ArgumentList.Add(argument);
        start.Environment.Remove("MCP_ORCHESTRATOR_SOCKET");
        _process = new Process { StartInfo = start };
        _process.ErrorDataReceived += (_, e) =>
        {
            lock (_errors) _errors.AppendLine(e.Data);
            if (e.Data is null || e.Data.Contains("Listening on", StringComparison.Ordinal)) _listening.TrySetResult();
        };
        _process.Start();
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
    }

    public string Socket { get; }

    public int Id => _process.Id;

    public string Errors
    {
        get
        {
            lock (_errors) return _errors.ToString();
        }
    }

    /// <summary>Starts it with any arguments.</summary>
    public static HubProcess Start(params string[] arguments) => new("", arguments);

    /// <summary>Starts it on a socket and waits until it listens.</summary>
    public static async Task<HubProcess> RunAsync(string socket, string repository, string state, params string[] more)
    {
        var hub = new HubProcess(socket, ["run", "--repo", repository, "--socket", socket, "--state", state, .. more]);
        await hub._listening.Task.Within();
        Assert.False(hub._process.HasExited, hub.Errors);
        return hub;
    }

    public async Task<McpSocketClient> ConnectAsync() => await McpSocketClient.ConnectAsync(
        new McpClientSettings { Path = Socket, Client = new() { Name = "test", Version = "1" }, ConnectTimeout = Bounded.Limit }, NullLoggerFactory.Instance, TimeProvider.System).Within();

    public static async Task<JsonElement> CallAsync(McpSocketClient client, string tool, JsonObject? arguments = null)
    {
        var outcome = await client.CallToolAsync(tool, arguments, Bounded.Limit).Within();
        return outcome is CallOutcome.Answered { Structured: { } result } ? result : throw new InvalidOperationException(outcome.Summary);
    }

    public async Task<int> WaitForExitAsync()
    {
        await _process.WaitForExitAsync().Within();
        return _process.ExitCode;
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync().Within();
    }

    /// <summary>SIGTERM, as a service manager sends it.</summary>
    public async Task<int> TerminateAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
        await kill.WaitForExitAsync().Within();
        return await WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) await KillAsync();
        _process.Dispose();
    }
}
