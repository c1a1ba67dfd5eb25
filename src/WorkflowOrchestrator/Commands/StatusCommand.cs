using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using Workflow.Hosting;

namespace Workflow.Commands;

/// <summary><c>wo status</c>.</summary>
internal static class StatusCommand
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    public static Command Create()
    {
        var json = CommonOptions.Json();
        var wait = new Option<string?>("--wait") { Description = "Wait until the daemon is 'ready' (first scan done) or 'registered' (with the MCP Orchestrator).", HelpName = "ready|registered" };
        wait.AcceptOnlyFromAmong("ready", "registered");
        var timeout = new Option<int>("--timeout") { Description = "Seconds to wait.", DefaultValueFactory = _ => 30, HelpName = "S" };
        var command = new Command("status", "Show the daemon's health and where the work stands. Example: wo status --json") { json, wait, timeout };
        command.SetAction((result, cancellationToken) => DaemonCommand.RunAsync(
            result,
            async daemon =>
            {
                var (status, reached) = await PollAsync(daemon, result.GetValue(wait), TimeSpan.FromSeconds(result.GetValue(timeout)));
                if (result.GetValue(json))
                    DaemonCommand.PrintJson(status);
                else
                    ForPeople(status);
                return reached && status.Text("status") != "down" ? ExitCodes.Done : ExitCodes.Failed;
            },
            cancellationToken));
        return command;
    }

    private static async Task<(JsonElement Status, bool Reached)> PollAsync(DaemonSession daemon, string? condition, TimeSpan timeout)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            var status = await daemon.CallAsync("get_status");
            if (condition switch { null => true, "ready" => status.GetProperty("ready").GetBoolean(), _ => IsRegistered(status) })
                return (status, true);
            if (Stopwatch.GetElapsedTime(started) > timeout)
                return (status, false);
            await Task.Delay(PollInterval, daemon.CancellationToken);
        }
    }

    private static bool IsRegistered(JsonElement status) =>
        status.Items("dependencies").Any(dependency => dependency.Text("name") == "mcp_orchestrator" && dependency.Text("state") == "ok");

    private static void ForPeople(JsonElement status)
    {
        Console.WriteLine($"{status.Text("status")}: version {status.Text("version")}, up {TimeSpan.FromSeconds(status.Number("uptime_seconds"))}, process {status.Text("process_id")}, {status.Text("repository")}");
        if (!status.GetProperty("ready").GetBoolean())
            Console.WriteLine("not ready yet: waiting for " + string.Join(", ", status.Items("waiting").Select(item => item.GetString())));
        foreach (var service in status.Items("hung_services"))
            Console.WriteLine($"service {service.GetString()} hangs");
        Print.Table(
            ["dependency", "state", "since", "detail"],
            status.Items("dependencies").Select(dependency => (IReadOnlyList<string>)
            [
                dependency.Text("name"),
                dependency.Text("state"),
                dependency.Time("since"),
                string.Join(" ", new[] { dependency.Text("detail"), dependency.Text("remedy") }.Where(text => text.Length > 0)),
            ]));
        Console.WriteLine("changes: " + Counts(status.GetProperty("changes")));
        Console.WriteLine("questions: " + Counts(status.GetProperty("questions")));
    }

    private static string Counts(JsonElement counts)
    {
        var all = counts.EnumerateObject().Select(pair => $"{pair.Value} {pair.Name}").ToList();
        return all.Count == 0 ? "none" : string.Join(", ", all);
    }
}
