using System.CommandLine;
using McpOrchestrator.Hosting;

namespace McpOrchestrator.Commands;

/// <summary>Options that several commands have.</summary>
internal static class CommonOptions
{
    internal static Option<string?> Socket() => new("--socket")
    {
        Description = $"Path of the Unix socket. Default: ${RunSettings.SocketVariable}, then {RunSettings.DefaultSocket}.",
        HelpName = "PATH",
    };
}
