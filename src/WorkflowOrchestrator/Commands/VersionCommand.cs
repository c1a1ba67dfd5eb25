using System.CommandLine;
using Workflow.Hosting;
using Workflow.Storage;

namespace Workflow.Commands;

/// <summary><c>wo version</c>: what an installer has to know before it replaces one version by another.</summary>
internal static class VersionCommand
{
    public static Command Create()
    {
        var command = new Command("version", "Print the version and the schema of the store, as name=value lines. Example: wo version");
        command.SetAction(_ =>
        {
            Console.WriteLine($"version={HealthReporter.Version}");
            Console.WriteLine($"schema={SchemaMigrations.Current}");
        });
        return command;
    }
}
