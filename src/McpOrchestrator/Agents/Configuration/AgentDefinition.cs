namespace McpOrchestrator.Agents.Configuration;

/// <summary>An agent as the configuration describes it.</summary>
/// <param name="Profile">How it presents itself.</param>
/// <param name="Limits">What it may do at a time.</param>
internal abstract record AgentDefinition(AgentProfile Profile, AgentLimits Limits)
{
    internal const string LibrarianKind = "librarian";
    internal const string ModelKind = "model";
    internal const string ToolKind = "tool";
    internal const string CommandKind = "command";

    /// <summary>Kinds that can be configured.</summary>
    internal static readonly IReadOnlyList<string> Kinds = [LibrarianKind, ModelKind, ToolKind, CommandKind];

    /// <summary>What there is without a configuration file.</summary>
    internal static readonly Librarian BuiltIn = new(
        new AgentProfile(
            "librarian",
            LibrarianKind,
            "Answers from the repository's own specs, archived changes, Markdown documents and code comments, with quotes; says when it does not know.",
            ["repository", "specs", "requirements", "documentation", "history"]),
        AgentLimits.Default,
        ["openspec/specs", "openspec/changes/archive", "."],
        Comments: true);

    /// <summary>Full-text search over the repository's own texts.</summary>
    /// <param name="Paths">Folders and files to read, relative to the repository.</param>
    /// <param name="Comments">Whether comments in source code are read too.</param>
    internal sealed record Librarian(AgentProfile Profile, AgentLimits Limits, IReadOnlyList<string> Paths, bool Comments) : AgentDefinition(Profile, Limits);

    /// <summary>A persona of a language model.</summary>
    /// <param name="Url">Server with an OpenAI-compatible API.</param>
    /// <param name="ModelId">Id of the model; null for the one that is loaded.</param>
    /// <param name="Prompt">Who it is and how it answers.</param>
    /// <param name="Source">Id of the librarian that gives it passages.</param>
    /// <param name="Passages">How many at most.</param>
    /// <param name="MaxTokens">Longest answer in tokens.</param>
    internal sealed record Model(AgentProfile Profile, AgentLimits Limits, Uri Url, string? ModelId, string Prompt, string Source, int Passages, int MaxTokens) : AgentDefinition(Profile, Limits);

    /// <summary>One tool of an MCP server.</summary>
    /// <param name="Server">How the server is reached.</param>
    /// <param name="ToolName">The tool.</param>
    /// <param name="Arguments">Its arguments, with placeholders such as <c>{question}</c>.</param>
    /// <param name="Confidence">Of an answer that brings none of its own.</param>
    internal sealed record Tool(AgentProfile Profile, AgentLimits Limits, ToolServer Server, string ToolName, IReadOnlyDictionary<string, string> Arguments, double Confidence) : AgentDefinition(Profile, Limits);

    /// <summary>A program that reads the question and writes the answer, both as JSON.</summary>
    /// <param name="Program">The program.</param>
    /// <param name="MaxOutputBytes">Longest output.</param>
    /// <param name="Confidence">Of an answer that brings none of its own.</param>
    internal sealed record Command(AgentProfile Profile, AgentLimits Limits, ProgramCall Program, int MaxOutputBytes, double Confidence) : AgentDefinition(Profile, Limits);
}

/// <summary>A program with its arguments; started without a shell.</summary>
/// <param name="FileName">Name on the PATH, or a path (relative ones start at the repository).</param>
/// <param name="Arguments">Its arguments.</param>
/// <param name="Environment">What it gets besides the few variables that every program needs: <c>NAME</c> as it is here, or <c>NAME=value</c>.</param>
/// <param name="Folder">Working folder, relative to the repository.</param>
internal sealed record ProgramCall(string FileName, IReadOnlyList<string> Arguments, IReadOnlyList<string> Environment, string Folder);

/// <summary>How the MCP server of a tool agent is reached.</summary>
internal abstract record ToolServer
{
    private ToolServer()
    {
    }

    /// <summary>A program of ours that speaks over its standard input and output.</summary>
    internal sealed record Stdio(ProgramCall Program) : ToolServer;

    /// <summary>A Unix socket.</summary>
    internal sealed record Socket(string Path) : ToolServer;

    /// <summary>Streamable HTTP.</summary>
    /// <param name="Url">Its address.</param>
    /// <param name="TokenVariable">Environment variable with the bearer token; null for none.</param>
    internal sealed record Http(Uri Url, string? TokenVariable) : ToolServer;
}
