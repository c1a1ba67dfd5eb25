using System.Text.RegularExpressions;

namespace McpOrchestrator.Agents.Configuration;

/// <summary>Makes a definition out of one agent of the file.</summary>
internal static partial class AgentReader
{
    private const double DefaultConfidence = 0.5;
    private static readonly string[] s_servers = ["command", "socket", "url"];

    private const string DefaultModelServer = "http://localhost:1234";

    /// <summary>The definition; null when the entry has faults, which are then noted.</summary>
    internal static AgentDefinition? Read(AgentEntry entry, List<string> faults)
    {
        var before = faults.Count;
        var kind = entry.Text("kind");
        if (kind is not null && !AgentDefinition.Kinds.Contains(kind))
        {
            entry.Fault("kind", $": '{kind}' is not known. Known kinds: {string.Join(", ", AgentDefinition.Kinds)}.");
            kind = null;
        }

        entry.Check(kind);
        if (entry.Text("id") is { } id && !IdPattern().IsMatch(id)) entry.Fault("id", $": '{id}' may have only lower-case letters, digits and hyphens, at most 64.");
        if (kind is null || faults.Count > before) return null;
        var profile = new AgentProfile(entry.Text("id")!, kind, entry.Text("description")!, entry.List("capabilities"));
        var limits = Limits(entry, kind);
        AgentDefinition? definition = kind switch
        {
            AgentDefinition.LibrarianKind => Librarian(entry, profile, limits),
            AgentDefinition.ModelKind => Model(entry, profile, limits),
            AgentDefinition.ToolKind => Tool(entry, profile, limits),
            _ => Command(entry, profile, limits),
        };
        return faults.Count > before ? null : definition;
    }

    private static AgentLimits Limits(AgentEntry entry, string kind)
    {
        var otherwise = AgentLimits.Default;
        return new AgentLimits(
            (int)entry.Number("max_in_flight", kind == AgentDefinition.ModelKind ? 1 : otherwise.InFlight), // a local model answers one after the other anyway
            (int)entry.Number("max_waiting", otherwise.Waiting),
            (int)entry.Number("max_per_minute", otherwise.PerMinute),
            TimeSpan.FromSeconds(entry.Number("timeout", otherwise.Timeout.TotalSeconds)));
    }

    private static AgentDefinition.Librarian Librarian(AgentEntry entry, AgentProfile profile, AgentLimits limits)
    {
        var paths = entry.List("paths");
        foreach (var outside in paths.Where(LeadsOut)) entry.Fault("paths", $": '{outside}' leads out of the repository. Write paths relative to it.");
        return new AgentDefinition.Librarian(
            profile, limits, paths.Count > 0 ? [.. paths.Select(p => p.TrimEnd('/'))] : AgentDefinition.BuiltIn.Paths, entry.Flag("comments", otherwise: true));
    }

    private static AgentDefinition.Model Model(AgentEntry entry, AgentProfile profile, AgentLimits limits) => new(
        profile,
        limits,
        Url(entry, entry.Text("url") ?? entry.Variable("LM_STUDIO_BASE_URL") ?? DefaultModelServer),
        entry.Text("model"),
        entry.Text("prompt")!,
        entry.Text("librarian") ?? "",
        (int)entry.Number("passages", 8),
        (int)entry.Number("max_tokens", 700));

    private static AgentDefinition.Tool? Tool(AgentEntry entry, AgentProfile profile, AgentLimits limits)
    {
        string[] given = [.. s_servers.Where(entry.Has)];
        if (given.Length != 1)
        {
            entry.Fault("kind", $": a tool needs exactly one of command, socket and url; {(given.Length == 0 ? "none is given" : $"{string.Join(" and ", given)} are given")}.");
            return null;
        }

        ToolServer server = given[0] switch
        {
            "command" => new ToolServer.Stdio(Program(entry)),
            "socket" => new ToolServer.Socket(entry.Text("socket") is { Length: > 0 } path ? Path.GetFullPath(path) : ""),
            _ => new ToolServer.Http(Url(entry, entry.Text("url")!), entry.Text("token_variable")),
        };
        return new AgentDefinition.Tool(profile, limits, server, entry.Text("tool")!, entry.Map("map"), entry.Number("confidence", DefaultConfidence));
    }

    private static AgentDefinition.Command Command(AgentEntry entry, AgentProfile profile, AgentLimits limits)
    {
        if (!entry.Has("command")) entry.Fault("command", " is missing.");
        return new AgentDefinition.Command(profile, limits, Program(entry), (int)entry.Number("max_output", 256 * 1024), entry.Number("confidence", DefaultConfidence));
    }

    private static ProgramCall Program(AgentEntry entry)
    {
        var folder = entry.Text("folder") ?? ".";
        if (LeadsOut(folder)) entry.Fault("folder", $": '{folder}' leads out of the repository.");
        foreach (var wrong in entry.List("environment").Where(v => !VariablePattern().IsMatch(v))) entry.Fault("environment", $": '{wrong}' is neither NAME nor NAME=value.");
        return new ProgramCall(entry.Text("command") ?? "", entry.List("arguments"), entry.List("environment"), folder);
    }

    private static Uri Url(AgentEntry entry, string text)
    {
        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https") return url;
        entry.Fault("url", $": '{text}' is not a web address such as http://localhost:1234.");
        return new Uri(DefaultModelServer);
    }

    private static bool LeadsOut(string path) => Path.IsPathRooted(path) || path.Split('/').Contains("..");

    [GeneratedRegex("^[a-z0-9][a-z0-9-]{0,63}$")]
    private static partial Regex IdPattern();

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]*(=.*)?$", RegexOptions.Singleline)]
    private static partial Regex VariablePattern();
}
