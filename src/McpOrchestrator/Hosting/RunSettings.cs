using System.Collections;
using McpOrchestrator.Agents.Configuration;
using Platform.Sockets;
using Serilog.Events;

namespace McpOrchestrator.Hosting;

/// <summary>What a run needs to know, complete and checked.</summary>
/// <param name="Root">The repository's real path.</param>
/// <param name="SocketPath">Where to listen.</param>
/// <param name="StateFolder">For the index and the logs.</param>
/// <param name="Agents">The agents to offer.</param>
/// <param name="LogLevel">Least level logged.</param>
internal sealed record RunSettings(string Root, string SocketPath, string StateFolder, IReadOnlyList<AgentDefinition> Agents, LogEventLevel LogLevel)
{
    internal const string SocketVariable = "MCP_ORCHESTRATOR_SOCKET";
    internal const string DefaultSocket = "/tmp/mcp_orchestrator.sock";

    /// <summary>The socket from the command line, the environment, or the default.</summary>
    internal static string SocketFrom(string? option, IDictionary environment) =>
        option ?? (environment[SocketVariable] is string { Length: > 0 } variable ? variable : DefaultSocket);

    /// <summary>Puts the settings together. All faults are found, not only the first.</summary>
    internal static (RunSettings? Settings, IReadOnlyList<string> Faults) Resolve(string? repo, string? socket, string? config, string? state, string logLevel, IDictionary environment)
    {
        var faults = new List<string>();
        var root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(repo ?? Directory.GetCurrentDirectory()));
        if (File.Exists(root)) faults.Add($"--repo: {root} is a file. Give the folder of a repository.");
        else if (!Directory.Exists(root)) faults.Add($"--repo: {root} does not exist. Give the folder of a repository.");
        else root = Platform.Files.StateFolder.RealPath(root);

        var path = SocketFrom(socket, environment);
        if (SocketFile.ProblemWith(Path.GetFullPath(path)) is { } problem) faults.Add($"--socket: {path}: {problem}. Choose another path, or set {SocketVariable}.");
        if (!Enum.TryParse<LogEventLevel>(logLevel, ignoreCase: true, out var level) || int.TryParse(logLevel, out _))
            faults.Add($"--log-level: '{logLevel}' is not a level. Use one of {string.Join(", ", Enum.GetNames<LogEventLevel>()).ToLowerInvariant()}.");

        var (agents, agentFaults) = AgentsFile.Load(config, root, environment);
        faults.AddRange(agentFaults);
        if (faults.Count > 0) return (null, faults);
        return (new RunSettings(root, Path.GetFullPath(path), Path.GetFullPath(state ?? Platform.Files.StateFolder.Of(root, environment)), agents, level), []);
    }
}
