using static McpOrchestrator.Agents.Configuration.AgentDefinition;

namespace McpOrchestrator.Agents.Configuration;

/// <summary>What a key of <c>config/agents.yaml</c> holds.</summary>
internal enum KeyShape
{
    Text,
    List,
    Map,
    Number,
    Flag,
}

/// <summary>A key of an agent.</summary>
/// <param name="Name">As it is written in the file.</param>
/// <param name="Shape">What it holds.</param>
/// <param name="Kinds">Kinds of agents that have it; empty for all.</param>
/// <param name="Required">Whether these must have it.</param>
/// <param name="Description">For the JSON schema.</param>
/// <param name="Least">For a number: the smallest.</param>
/// <param name="Most">For a number: the largest.</param>
internal sealed record AgentKey(string Name, KeyShape Shape, IReadOnlyList<string> Kinds, bool Required, string Description, double Least = 0, double Most = 0)
{
    /// <summary>The one table of keys: reading, checking and the JSON schema follow it.</summary>
    internal static readonly IReadOnlyList<AgentKey> All =
    [
        new("id", KeyShape.Text, [], true, "Name under which the agent is asked: lower-case letters, digits and hyphens."),
        new("kind", KeyShape.Text, [], true, "What the agent is. librarian: full-text search over the repository's own texts. model: a persona of a language model. tool: a tool of any MCP server. command: a local program."),
        new("description", KeyShape.Text, [], true, "For whoever chooses an agent: what it can answer."),
        new("capabilities", KeyShape.List, [], false, "Words by which a router chooses an agent."),
        new("max_in_flight", KeyShape.Number, [], false, "Questions in work at the same time. Default 4; a model 1.", 1, 64),
        new("max_waiting", KeyShape.Number, [], false, "Questions that may wait besides; a further one is refused. Default 60.", 0, 10_000),
        new("max_per_minute", KeyShape.Number, [], false, "Questions begun within any minute; 0, the default, for no limit.", 0, 100_000),
        new("timeout", KeyShape.Number, [], false, "Longest time for one question in seconds, waiting included. Default 45.", 0.1, AgentLimits.LongestTimeoutSeconds),
        new("paths", KeyShape.List, [LibrarianKind], false, "Folders and files to read, relative to the repository; '.' is all Markdown in it."),
        new("comments", KeyShape.Flag, [LibrarianKind], false, "Whether comments in source code are read too. Default true."),
        new("url", KeyShape.Text, [ModelKind, ToolKind], false, "model: server with an OpenAI-compatible API; default $LM_STUDIO_BASE_URL, then http://localhost:1234. tool: address of an MCP server with Streamable HTTP."),
        new("model", KeyShape.Text, [ModelKind], false, "Id of the model. Default: the one that is loaded."),
        new("prompt", KeyShape.Text, [ModelKind], true, "Who the persona is and how it answers."),
        new("librarian", KeyShape.Text, [ModelKind], false, "Id of the librarian whose passages it answers from. Default: the first one."),
        new("passages", KeyShape.Number, [ModelKind], false, "How many passages it gets. Default 8.", 1, 20),
        new("max_tokens", KeyShape.Number, [ModelKind], false, "Longest answer in tokens. Default 700.", 50, 8000),
        new("socket", KeyShape.Text, [ToolKind], false, "Unix socket of an MCP server."),
        new("token_variable", KeyShape.Text, [ToolKind], false, "With url: environment variable that holds the bearer token."),
        new("tool", KeyShape.Text, [ToolKind], true, "The tool that is called with each question."),
        new("map", KeyShape.Map, [ToolKind], false, "The tool's arguments. {question}, {context}, {change}, {capability}, {conversation_id} and {repository} are filled in."),
        new("command", KeyShape.Text, [ToolKind, CommandKind], false, "The program, started without a shell: a name on the PATH, or a path (relative ones start at the repository). tool: it speaks MCP on standard input and output. command: it reads one question as JSON and writes one answer as JSON."),
        new("arguments", KeyShape.List, [ToolKind, CommandKind], false, "Arguments of the program."),
        new("environment", KeyShape.List, [ToolKind, CommandKind], false, "What the program gets besides PATH, HOME, USER, LANG and TMPDIR: NAME as it is here, or NAME=value."),
        new("folder", KeyShape.Text, [ToolKind, CommandKind], false, "Working folder of the program, relative to the repository. Default: the repository."),
        new("max_output", KeyShape.Number, [CommandKind], false, "Longest output in bytes. Default 262144.", 16, 4 * 1024 * 1024),
        new("confidence", KeyShape.Number, [ToolKind, CommandKind], false, "Confidence (0 to 1) of an answer that brings none of its own. Default 0.5.", 0, 1),
    ];

    internal bool BelongsTo(string kind) => Kinds.Count == 0 || Kinds.Contains(kind);
}
