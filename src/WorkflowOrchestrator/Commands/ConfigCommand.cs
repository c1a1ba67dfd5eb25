using System.CommandLine;
using System.Text.Json;
using Workflow.Hosting;

namespace Workflow.Commands;

/// <summary><c>wo config check|show|schema</c>.</summary>
internal static class ConfigCommand
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static Command Create() => new("config", "Check or show the configuration. Example: wo config show --sources") { Check(), Show(), Schema(), PathsCommand.Create() };

    private static Command Check()
    {
        var json = CommonOptions.Json();
        var command = new Command("check", "Read the configuration as a start would, and report all faults at once. Example: wo config check --config FILE") { json };
        command.SetAction(result =>
        {
            var outcome = CommonOptions.LoadSettings(result);
            if (result.GetValue(json))
            {
                var errors = (outcome as SettingsOutcome.Invalid)?.Errors ?? [];
                Console.WriteLine(JsonSerializer.Serialize(new { valid = errors.Count == 0, errors }, Json));
                return errors.Count == 0 ? ExitCodes.Done : ExitCodes.BadConfiguration;
            }

            if (CommonOptions.SettingsOrReport(result) is not { } valid)
                return ExitCodes.BadConfiguration;
            Console.WriteLine(valid.File is null ? "The configuration is valid (no file: defaults)." : $"The configuration is valid: {valid.File}");
            return ExitCodes.Done;
        });
        return command;
    }

    private static Command Show()
    {
        var json = CommonOptions.Json();
        var sources = new Option<bool>("--sources") { Description = "Tell where each value came from." };
        var command = new Command("show", "Print the settings in force. Example: wo config show --sources") { json, sources };
        command.SetAction(result =>
        {
            if (CommonOptions.SettingsOrReport(result) is not { } valid)
                return ExitCodes.BadConfiguration;
            var sourcesShown = valid.Sources.Select(source => source with { Value = Secrets.Mask(source.Key, source.Value)! }).ToList();
            if (result.GetValue(json))
            {
                Console.WriteLine(JsonSerializer.Serialize(sourcesShown, Json));
                return ExitCodes.Done;
            }

            var width = sourcesShown.Max(source => source.Key.Length);
            foreach (var source in sourcesShown)
                Console.WriteLine($"{source.Key.PadRight(width)} = {source.Value}{(result.GetValue(sources) ? $"    ({source.Source})" : "")}");
            return ExitCodes.Done;
        });
        return command;
    }

    private static Command Schema()
    {
        var command = new Command("schema", "Print the JSON schema of config/orchestrator.yaml, for editors. Example: wo config schema");
        command.SetAction(_ =>
        {
            Console.Write(SettingsSchema.Generate());
            return ExitCodes.Done;
        });
        return command;
    }
}
