using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Spectre.Console;
using Workflow.Hosting;
using Workflow.Mcp;

namespace Workflow.Commands.Doctor;

/// <summary><c>wo doctor [--bundle]</c>: what is wrong and what to do about it, with or without a running daemon.</summary>
internal static class DoctorCommand
{
    private static readonly JsonSerializerOptions s_json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    public static Command Create()
    {
        var json = CommonOptions.Json();
        var bundle = new Option<string?>("--bundle") { Description = "Also write an archive for a bug report: checks, health, settings and logs, without secrets and document texts. Default name: wo-doctor-TIME.tar.gz.", HelpName = "FILE", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("doctor", "Look at everything that the daemon needs, and say what to do. Example: wo doctor --bundle") { json, bundle };
        command.SetAction(async (result, cancellationToken) =>
        {
            if (CommonOptions.SettingsOrReport(result) is not { } valid)
                return ExitCodes.BadConfiguration;
            try
            {
                var repository = RepositoryLocator.Locate(CommonOptions.RepoFolder(result), valid.Settings, Environment.GetEnvironmentVariables());
                var checks = await new DoctorChecks(valid.Settings, valid.File, repository).RunAsync(cancellationToken);
                var status = await StatusAsync(valid.Settings, cancellationToken);
                var all = (IReadOnlyList<DoctorCheck>)[.. checks, .. Explain(status)];
                var report = JsonSerializer.Serialize(new { version = HealthReporter.Version, repository = repository.Root, running = status is not null, checks = all }, s_json);
                if (result.GetValue(json))
                    Console.WriteLine(report);
                else
                    ForPeople(all);
                if (result.GetResult(bundle) is { Implicit: false })
                {
                    var path = new DoctorBundle(valid.Snapshot, repository, TimeProvider.System).Write(result.GetValue(bundle), report, status);
                    Console.Error.WriteLine($"Written: {path}. Look through it before you give it away.");
                }

                return all.Any(check => check.Outcome == DoctorVerdict.Failed) ? ExitCodes.Failed : ExitCodes.Done;
            }
            catch (RepositoryException error)
            {
                Console.Error.WriteLine(error.Message);
                return ExitCodes.BadConfiguration;
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                Console.Error.WriteLine(error.Message);
                return ExitCodes.Failed;
            }
        });
        return command;
    }

    private static async Task<JsonElement?> StatusAsync(OrchestratorSettings settings, CancellationToken cancellationToken)
    {
        try
        {
            await using var client = await DaemonClient.ConnectAsync(settings.Connection.SocketPath, "wo", cancellationToken);
            return await client.CallAsync("get_status", new JsonObject(), DaemonCommand.CallTimeout, cancellationToken) is DaemonReply.Done done ? done.Result : null;
        }
        catch (DaemonUnreachableException)
        {
            return null;
        }
    }

    // The daemon's own warnings: it sees what a command cannot.
    private static IEnumerable<DoctorCheck> Explain(JsonElement? status)
    {
        if (status is not { } daemon)
        {
            yield return new DoctorCheck("daemon", DoctorVerdict.Warning, "is not running", "scripts/start-all.sh, or: systemctl --user start 'workflow-orchestrator@…'");
            yield break;
        }

        yield return new DoctorCheck("daemon", DoctorVerdict.Ok, $"{daemon.Text("status")}, version {daemon.Text("version")}, process {daemon.Text("process_id")}");
        if (daemon.Text("version") != HealthReporter.Version)
            yield return new DoctorCheck("version", DoctorVerdict.Warning, $"the daemon is version {daemon.Text("version")}, this command is {HealthReporter.Version}", "Start the daemon anew.");
        foreach (var warning in daemon.Items("warnings"))
        {
            var cause = warning.Text("caused_by") is { Length: > 0 } code ? $" (because of {code})" : "";
            yield return new DoctorCheck(warning.Text("code"), warning.Text("severity") == "critical" ? DoctorVerdict.Failed : DoctorVerdict.Warning, $"{warning.Text("title")}: {warning.Text("detail")}{cause}", warning.Text("remedy"));
        }
    }

    private static void ForPeople(IReadOnlyList<DoctorCheck> checks)
    {
        foreach (var check in checks)
        {
            var (word, colour) = check.Outcome switch { DoctorVerdict.Ok => ("ok  ", "green"), DoctorVerdict.Warning => ("warn", "yellow"), _ => ("FAIL", "red") };
            if (Console.IsOutputRedirected)
                Console.WriteLine($"{word} {check.Name}: {check.Detail}");
            else
                AnsiConsole.MarkupLine($"[{colour}]{word}[/] [bold]{Markup.Escape(check.Name)}[/]: {Markup.Escape(check.Detail)}");
            if (check.Remedy is { Length: > 0 } remedy && check.Outcome != DoctorVerdict.Ok)
                Console.WriteLine($"       -> {remedy}");
        }
    }
}
