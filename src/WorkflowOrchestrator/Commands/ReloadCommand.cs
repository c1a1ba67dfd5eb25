using System.CommandLine;
using System.Text.Json;
using Workflow.Hosting;

namespace Workflow.Commands;

/// <summary><c>wo reload</c>: the daemon reads its configuration again.</summary>
internal static class ReloadCommand
{
    public static Command Create()
    {
        var json = CommonOptions.Json();
        var command = new Command("reload", "Let the daemon read its configuration again; tells what was applied, what needs a restart and what was refused. Example: wo reload") { json };
        command.SetAction((result, cancellationToken) => DaemonCommand.RunAsync(
            result,
            async daemon =>
            {
                var report = await daemon.CallAsync("reload_settings");
                var accepted = report.GetProperty("is_accepted").GetBoolean();
                if (result.GetValue(json))
                    DaemonCommand.PrintJson(report);
                else
                    ForPeople(report, accepted);
                return accepted ? ExitCodes.Done : ExitCodes.BadConfiguration;
            },
            cancellationToken));
        return command;
    }

    private static void ForPeople(JsonElement report, bool accepted)
    {
        var keys = report.Items("keys").ToList();
        if (!accepted)
            Console.Error.WriteLine("The configuration is wrong; the settings in force stay as they were:");
        else if (keys.Count == 0)
            Console.WriteLine("Nothing has changed.");
        foreach (var key in keys)
        {
            if (accepted)
                Console.WriteLine($"{key.Text("key")}: {key.Text("old_value")} -> {key.Text("new_value")}    {(key.Text("outcome") == "applied" ? "applied" : "needs a restart")}");
            else
                Console.Error.WriteLine($"  {key.Text("key")}: '{key.Text("new_value")}' {key.Text("note")}");
        }
    }
}
