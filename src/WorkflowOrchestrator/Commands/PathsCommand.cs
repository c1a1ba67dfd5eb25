using System.CommandLine;
using Workflow.Hosting;

namespace Workflow.Commands;

/// <summary><c>wo config paths</c>: where things are, for the scripts.</summary>
internal static class PathsCommand
{
    public static Command Create()
    {
        var command = new Command("paths", "Print where the state, the sockets and the changes are, as name=value lines. Example: wo config paths");
        command.SetAction(result =>
        {
            if (CommonOptions.SettingsOrReport(result) is not { Settings: var settings })
                return ExitCodes.BadConfiguration;
            try
            {
                var repository = RepositoryLocator.Locate(CommonOptions.RepoFolder(result), settings, Environment.GetEnvironmentVariables());
                Console.WriteLine($"repository={repository.Root}");
                Console.WriteLine($"changes={repository.ChangesFolder}");
                Console.WriteLine($"state={repository.StateFolder}");
                Console.WriteLine($"socket={settings.Connection.SocketPath}");
                Console.WriteLine($"mcp_socket={settings.Connection.McpSocket}");
                Console.WriteLine($"lm_studio={settings.Connection.LmStudioUrl}");
                Console.WriteLine($"lm_studio_mode={settings.LmStudio.Mode.ToString().ToLowerInvariant()}");
                Console.WriteLine($"lm_studio_model={settings.LmStudio.Model}");
                Console.WriteLine($"lm_studio_context={settings.LmStudio.ContextTokens}");
                Console.WriteLine($"lm_studio_slots={settings.LmStudio.MaxConcurrentCalls}");
                Console.WriteLine($"http={settings.HttpListen}");
                return ExitCodes.Done;
            }
            catch (RepositoryException error)
            {
                Console.Error.WriteLine(error.Message);
                return ExitCodes.BadConfiguration;
            }
        });
        return command;
    }
}
