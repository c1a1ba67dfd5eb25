using System.Collections;
using System.Text.RegularExpressions;
using Platform.Configuration;

namespace McpOrchestrator.Agents.Configuration;

/// <summary>Reads <c>config/agents.yaml</c>: a list of agents under <c>agents</c>.</summary>
internal static partial class AgentsFile
{
    internal const string DefaultPath = "config/agents.yaml";

    /// <summary>
    /// Reads the named file, or the repository's own, or takes the built-in default. All faults are returned. A file that merely lies in the
    /// repository may describe librarians only: whoever wrote the repository must not start programs here, nor send its texts away.
    /// </summary>
    internal static (IReadOnlyList<AgentDefinition> Agents, IReadOnlyList<string> Faults) Load(string? file, string root, IDictionary environment)
    {
        var path = file ?? Path.Combine(root, DefaultPath);
        if (file is null && !File.Exists(path)) return ([AgentDefinition.BuiltIn], []);
        try
        {
            var (agents, faults) = Parse(path, File.ReadAllText(path), environment);
            if (file is not null) return (agents, faults);
            var untrusted = agents.Where(a => a is not AgentDefinition.Librarian)
                .Select(a => $"{path}: the agent '{a.Profile.Id}' of kind {a.Profile.Kind} starts a program or talks to a server. To allow what this repository brings along: --config {path}");
            return (agents, [.. faults, .. untrusted]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ([], [$"{path}: cannot be read: {e.Message}"]);
        }
    }

    internal static (IReadOnlyList<AgentDefinition> Agents, IReadOnlyList<string> Faults) Parse(string path, string text, IDictionary environment)
    {
        IReadOnlyDictionary<string, string?> keys;
        try
        {
            keys = YamlConfiguration.Parse(path, text);
        }
        catch (YamlConfigurationException e)
        {
            return ([], [e.Message]);
        }

        var faults = new List<string>();
        var entries = new SortedDictionary<int, AgentEntry>();
        foreach (var (key, value) in keys)
        {
            if (EntryPattern().Match(key) is not { Success: true } match)
            {
                faults.Add($"{path}: '{key.Replace(':', '.')}' is not a known key. The file holds one list, 'agents', of agents with {string.Join(", ", AgentKey.All.Where(k => k.Kinds.Count == 0).Select(k => k.Name))} and the keys of their kind.");
                continue;
            }

            var index = int.Parse(match.Groups["index"].ValueSpan);
            if (!entries.TryGetValue(index, out var entry)) entries[index] = entry = new AgentEntry($"{path}: agents[{index}]", environment, faults);
            entry.Add(match.Groups["key"].Value, match.Groups["sub"].Value, value);
        }

        List<AgentDefinition> agents = [.. entries.Values.Select(e => AgentReader.Read(e, faults)).OfType<AgentDefinition>()];
        foreach (var twice in agents.GroupBy(a => a.Profile.Id).Where(g => g.Count() > 1)) faults.Add($"{path}: agents: the id '{twice.Key}' is given {twice.Count()} times. Ids must differ.");
        if (agents.Count == 0 && faults.Count == 0) faults.Add($"{path}: agents: the list is empty. Describe at least one agent, or remove the file to get the librarian.");
        return (faults.Count == 0 ? Resolve(path, agents, faults) : agents, faults);
    }

    /// <summary>Finds the librarian of each model.</summary>
    private static List<AgentDefinition> Resolve(string path, List<AgentDefinition> agents, List<string> faults)
    {
        List<string> librarians = [.. agents.OfType<AgentDefinition.Librarian>().Select(l => l.Profile.Id)];
        for (var i = 0; i < agents.Count; i++)
        {
            if (agents[i] is not AgentDefinition.Model model) continue;
            if (librarians.Count == 0) faults.Add($"{path}: agents[{i}]: a model answers from a librarian's passages, and there is no librarian. Add an agent of kind librarian.");
            else if (model.Source.Length == 0) agents[i] = model with { Source = librarians[0] };
            else if (!librarians.Contains(model.Source)) faults.Add($"{path}: agents[{i}].librarian: there is no librarian '{model.Source}'. Librarians: {string.Join(", ", librarians)}.");
        }

        return agents;
    }

    [GeneratedRegex(@"^agents:(?<index>\d{1,4}):(?<key>[^:]+)(?::(?<sub>.+))?$")]
    private static partial Regex EntryPattern();
}
