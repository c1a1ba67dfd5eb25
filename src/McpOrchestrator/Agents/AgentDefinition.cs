namespace McpOrchestrator.Agents;

/// <summary>An agent as the configuration describes it.</summary>
/// <param name="Profile">How it presents itself.</param>
/// <param name="Paths">For a librarian: folders and files to read, relative to the repository.</param>
internal sealed record AgentDefinition(AgentProfile Profile, IReadOnlyList<string> Paths)
{
    internal const string LibrarianKind = "librarian";

    /// <summary>Kinds that can be configured.</summary>
    internal static readonly IReadOnlyList<string> Kinds = [LibrarianKind];

    /// <summary>What there is without a configuration file.</summary>
    internal static readonly AgentDefinition Librarian = new(
        new AgentProfile(
            "librarian",
            LibrarianKind,
            "Answers from the repository's own specs, archived changes and Markdown documents, with quotes; says when it does not know.",
            ["repository", "specs", "requirements", "documentation", "history"]),
        ["openspec/specs", "openspec/changes/archive", "."]);
}
