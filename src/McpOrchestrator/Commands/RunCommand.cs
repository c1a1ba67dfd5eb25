using System.CommandLine;
using System.Runtime.InteropServices;
using McpOrchestrator.Hosting;
using McpOrchestrator.Mcp;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Platform.Files;
using Platform.Sockets;

namespace McpOrchestrator.Commands;

/// <summary><c>mcp-orchestrator run</c>.</summary>
internal static class RunCommand
{
    internal static Command Create()
    {
        var repo = new Option<string?>("--repo") { Description = "Folder of the repository that the agents read. Default: the current directory.", HelpName = "DIR" };
        var socket = CommonOptions.Socket();
        var config = new Option<string?>("--config") { Description = "File that describes the agents. Default: config/agents.yaml of the repository, else the librarian alone.", HelpName = "FILE" };
        var state = new Option<string?>("--state") { Description = "Folder for the index and the logs. Default: the state folder of the repository.", HelpName = "DIR" };
        var level = new Option<string>("--log-level") { Description = "verbose, debug, information, warning, error or fatal.", HelpName = "LEVEL", DefaultValueFactory = _ => "information" };
        var command = new Command("run", "Serve until stopped. Example: mcp-orchestrator run --repo . --socket /tmp/mcp_orchestrator.sock") { repo, socket, config, state, level };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            RunSettings.Resolve(
                parsed.GetValue(repo), parsed.GetValue(socket), parsed.GetValue(config), parsed.GetValue(state), parsed.GetValue(level)!, Environment.GetEnvironmentVariables()),
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync((RunSettings? Settings, IReadOnlyList<string> Faults) resolved, CancellationToken cancellationToken)
    {
        if (resolved.Settings is not { } settings)
        {
            foreach (var fault in resolved.Faults) await Console.Error.WriteLineAsync(fault);
            return ExitCodes.BadConfiguration;
        }

        try
        {
            StateFolder.Create(settings.StateFolder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"The state folder {settings.StateFolder} cannot be created: {e.Message} Give another with --state.");
            return ExitCodes.Failed;
        }

        using var host = HubHost.Build(settings);
        var server = host.Services.GetRequiredService<HubServer>();
        if (server.Open() is not SocketClaim.Claimed and var refused)
        {
            await Console.Error.WriteLineAsync(refused.Message);
            return ExitCodes.Failed;
        }

        var lifetime = host.Services.GetRequiredService<IHostApplicationLifetime>();
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
        {
            context.Cancel = true; // unhandled it would kill the process without a clean stop
            lifetime.StopApplication();
        });
        var failures = host.Services.GetRequiredService<ServiceFailures>();
        await host.RunAsync(cancellationToken);
        return failures.ExitCode;
    }
}
