using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Platform.Models;
using Platform.Models.Recording;
using Workflow.Hosting;

namespace Workflow.Commands;

/// <summary><c>wo replay</c>: repeats the calls of a recorded run through the whole client, without a model.</summary>
internal static class ReplayCommand
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web) { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    public static Command Create()
    {
        var run = new Argument<string?>("run") { Description = "The run; left out: list the recorded runs.", Arity = ArgumentArity.ZeroOrOne };
        var json = CommonOptions.Json();
        var command = new Command("replay", "Repeat a run from the recorded exchanges with the model, without a model, and compare. Example: wo replay add-search@1f2e3d4c") { run, json };
        command.SetAction((result, cancellationToken) => RunAsync(result, result.GetValue(run), result.GetValue(json), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult result, string? run, bool json, CancellationToken cancellationToken)
    {
        if (CommonOptions.SettingsOrReport(result) is not { Settings: var settings })
            return ExitCodes.BadConfiguration;
        var folder = RepositoryLocator.Locate(CommonOptions.RepoFolder(result), settings, Environment.GetEnvironmentVariables()).Exchanges;
        if (run is null)
            return List(folder, json);
        var exchanges = ExchangeReplay.Load(folder, run);
        if (exchanges.Count == 0)
        {
            Console.Error.WriteLine($"There is no recording of a run '{run}' in {folder}. 'wo replay' lists the runs.");
            return ExitCodes.Failed;
        }

        var calls = await ExchangeReplay.RepeatAsync(exchanges, TimeProvider.System, cancellationToken);
        Report(run, calls, json);
        return calls.All(call => call.IsSame) ? ExitCodes.Done : ExitCodes.Failed;
    }

    private static int List(string folder, bool json)
    {
        var runs = ExchangeReplay.Runs(folder);
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(new { runs = runs.Select(run => new { run.Run, run.Exchanges, last = run.Last }) }, s_json));
            return ExitCodes.Done;
        }

        if (runs.Count == 0)
            Console.WriteLine($"Nothing is recorded in {folder}.");
        else
            Print.Table(["run", "exchanges", "last"], runs.Select(run => (IReadOnlyList<string>)[run.Run, $"{run.Exchanges}", run.Last.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)]));
        return ExitCodes.Done;
    }

    private static void Report(string run, IReadOnlyList<ReplayedCall> calls, bool json)
    {
        var different = calls.Count(call => !call.IsSame);
        if (json)
        {
            var items = calls.Select(call => new { call.Exchange.Purpose, call.Exchange.Attempt, model = call.Exchange.Model.Id, recorded = Then(call), replayed = Now(call), same = call.IsSame, answer = (call.Outcome as ModelOutcome.Answered)?.Answer.Text });
            Console.WriteLine(JsonSerializer.Serialize(new { run, calls = items, different }, s_json));
            return;
        }

        Print.Table(
            ["purpose", "attempt", "model", "recorded", "replayed", ""],
            calls.Select(call => (IReadOnlyList<string>)[call.Exchange.Purpose, $"{call.Exchange.Attempt}", call.Exchange.Model.Id, Then(call), Now(call), call.IsSame ? "same" : "DIFFERENT"]));
        Console.WriteLine($"{calls.Count} exchange{(calls.Count == 1 ? "" : "s")}, {different} different.");
    }

    private static string Then(ReplayedCall call) => call.Exchange.WasAbandoned ? "abandoned" : call.Exchange.Failure?.ToString() ?? "answered";

    private static string Now(ReplayedCall call) => call.Outcome switch
    {
        ModelOutcome.Answered => "answered",
        ModelOutcome.Failed failed => failed.Failure.Kind.ToString(),
        _ => "not repeated",
    };
}
