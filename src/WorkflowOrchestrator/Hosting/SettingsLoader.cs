using System.Collections;
using Platform.Configuration;

namespace Workflow.Hosting;

/// <summary>What loading the configuration came to.</summary>
internal abstract record SettingsOutcome
{
    /// <summary>Everything is in order.</summary>
    public sealed record Valid(SettingsSnapshot Snapshot) : SettingsOutcome
    {
        public OrchestratorSettings Settings => Snapshot.Settings;

        public IReadOnlyList<SettingSource> Sources => Snapshot.Sources;

        public string? File => Snapshot.File;
    }

    /// <summary>All faults at once.</summary>
    /// <param name="Errors">What is wrong.</param>
    /// <param name="Readable">What could be read, with defaults for the rest: enough to find a daemon that runs, never to start one.</param>
    public sealed record Invalid(IReadOnlyList<SettingsError> Errors, OrchestratorSettings Readable) : SettingsOutcome;
}

/// <summary>
/// Reads the configuration: default, then file, then environment, then command line; the later wins. The same code serves start, reload and
/// <c>wo config check</c>, so that the check says exactly what start would do.
/// </summary>
internal static class SettingsLoader
{
    public const string ConfigVariable = "WORKFLOW_ORCHESTRATOR_CONFIG";
    private const string OverridePrefix = "WO__";

    // The environment variables of the original design.
    private static readonly IReadOnlyDictionary<string, string> Aliases = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["WORKFLOW_ORCHESTRATOR_SOCKET"] = "workflow_orchestrator:socket_path",
        ["OPENSPEC_WATCH_PATH"] = "workflow_orchestrator:openspec_path",
        ["LM_STUDIO_BASE_URL"] = "workflow_orchestrator:lm_studio_url",
        ["MCP_ORCHESTRATOR_SOCKET"] = "workflow_orchestrator:mcp_socket",
    };

    /// <summary>Loads for the given repository.</summary>
    /// <param name="repository">Folder of the repository; its <c>config/orchestrator.yaml</c> is read when no file is named.</param>
    /// <param name="file">The file named on the command line, if any.</param>
    /// <param name="environment">Environment variables.</param>
    /// <param name="commandLine">Overrides as <c>section.key</c> to value.</param>
    public static SettingsOutcome Load(string repository, string? file, IDictionary environment, IReadOnlyDictionary<string, string?>? commandLine = null)
    {
        var named = file ?? Variable(environment, ConfigVariable);
        var path = named is null ? DefaultFile(repository, environment) : Path.GetFullPath(named);
        var layers = new List<SettingsLayer>();
        SettingsError? unreadable = null;
        if (path is not null)
        {
            try
            {
                layers.Add(new SettingsLayer(path, YamlConfiguration.Read(path)));
            }
            catch (YamlConfigurationException error)
            {
                unreadable = Fault(path, error.Message, "Correct the file at that place; 'wo config check' reads it again");
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                unreadable = Fault(path, $"cannot be read: {error.Message}", "Create the file, make it readable, or leave the setting out to use the defaults");
            }
        }

        layers.Add(new SettingsLayer("environment", FromEnvironment(environment)));
        if (commandLine is not null)
            layers.Add(new SettingsLayer("command line", commandLine.ToDictionary(pair => pair.Key.Replace('.', ':'), pair => pair.Value, StringComparer.OrdinalIgnoreCase)));
        var reader = new SettingsReader(layers);
        var settings = SettingsBinder.Bind(reader);
        reader.ReportUnknown();
        if (unreadable is not null)
            return new SettingsOutcome.Invalid([unreadable], settings); // of what stands around it nothing can be said
        return reader.Errors.Count > 0
            ? new SettingsOutcome.Invalid(reader.Errors, settings)
            : new SettingsOutcome.Valid(new SettingsSnapshot(settings, reader.Sources, Merge(layers), path));
    }

    // What the layers come to, key by key. A list is replaced as a whole by the last layer that has it.
    private static Dictionary<string, string?> Merge(IReadOnlyList<SettingsLayer> layers)
    {
        var merged = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (var layer in layers)
        {
            foreach (var list in layer.Values.Keys.Select(ListOf).Distinct(StringComparer.OrdinalIgnoreCase))
            {
                foreach (var stale in merged.Keys.Where(key => ListOf(key).Equals(list, StringComparison.OrdinalIgnoreCase)).ToList())
                    merged.Remove(stale);
            }

            foreach (var (key, value) in layer.Values)
                merged[key] = value;
        }

        return merged;
    }

    // section:key of section:key:3, and the key itself for everything else.
    private static string ListOf(string path)
    {
        var last = path.LastIndexOf(':');
        return last > 0 && int.TryParse(path.AsSpan(last + 1), out _) ? path[..last] : path;
    }

    private static SettingsError Fault(string path, string problem, string remedy) => new("configuration file", path, problem, remedy, "file name");

    private static string? DefaultFile(string repository, IDictionary environment)
    {
        var home = Variable(environment, "XDG_CONFIG_HOME") ?? (Variable(environment, "HOME") is { } user ? Path.Combine(user, ".config") : null);
        string?[] candidates = [Path.Combine(repository, "config", "orchestrator.yaml"), home is null ? null : Path.Combine(home, "workflow-orchestrator", "orchestrator.yaml")];
        return candidates.FirstOrDefault(File.Exists);
    }

    private static Dictionary<string, string?> FromEnvironment(IDictionary environment)
    {
        var values = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (var (variable, key) in Aliases)
        {
            if (Variable(environment, variable) is { } value)
                values[key] = value;
        }

        foreach (DictionaryEntry entry in environment)
        {
            if (entry.Key is string name && name.StartsWith(OverridePrefix, StringComparison.Ordinal) && entry.Value is string value)
                values[name[OverridePrefix.Length..].Replace("__", ":").ToLowerInvariant()] = value;
        }

        return values;
    }

    private static string? Variable(IDictionary environment, string name) => environment[name] is string { Length: > 0 } value ? value : null;
}
