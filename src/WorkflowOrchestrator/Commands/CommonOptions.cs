using System.CommandLine;
using Workflow.Hosting;

namespace Workflow.Commands;

/// <summary>The options that every command understands.</summary>
internal static class CommonOptions
{
    public static readonly Option<string?> Repo = new("--repo") { Description = "Folder of the repository. Default: the current directory.", HelpName = "DIR", Recursive = true };

    public static readonly Option<string?> Config = new("--config") { Description = "Configuration file. Default: $WORKFLOW_ORCHESTRATOR_CONFIG, then config/orchestrator.yaml of the repository.", HelpName = "FILE", Recursive = true };

    public static readonly Option<string[]> Set = new("--set") { Description = "Override one setting: --set section.key=value (may be repeated).", HelpName = "KEY=VALUE", Recursive = true, Arity = ArgumentArity.ZeroOrMore };

    /// <summary>A fresh <c>--json</c> option for a command that prints data.</summary>
    public static Option<bool> Json() => new("--json") { Description = "Print JSON with stable keys." };

    public static string RepoFolder(ParseResult result) => result.GetValue(Repo) ?? Directory.GetCurrentDirectory();

    public static SettingsOutcome LoadSettings(ParseResult result)
    {
        var overrides = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (var pair in result.GetValue(Set) ?? [])
        {
            var at = pair.IndexOf('=');
            overrides[at < 0 ? pair : pair[..at]] = at < 0 ? "" : pair[(at + 1)..];
        }

        return SettingsLoader.Load(RepoFolder(result), result.GetValue(Config), Environment.GetEnvironmentVariables(), overrides);
    }

    /// <summary>Loads the settings, or prints every fault and returns null.</summary>
    public static SettingsOutcome.Valid? SettingsOrReport(ParseResult result)
    {
        switch (LoadSettings(result))
        {
            case SettingsOutcome.Valid valid:
                return valid;
            case SettingsOutcome.Invalid invalid:
                Console.Error.WriteLine($"The configuration has {invalid.Errors.Count} fault{(invalid.Errors.Count == 1 ? "" : "s")}:");
                foreach (var error in invalid.Errors)
                    Console.Error.WriteLine("  " + error);
                return null;
            default:
                throw new InvalidOperationException("Unknown settings outcome.");
        }
    }
}
