namespace McpOrchestrator.Agents.Librarian.Passages;

/// <summary>Where knowledge comes from, best first.</summary>
internal enum SourceKind
{
    /// <summary>openspec/specs: what holds now.</summary>
    Spec,

    /// <summary>Markdown documents of the repository.</summary>
    Document,

    /// <summary>Comments in source code.</summary>
    Comment,

    /// <summary>Archived changes and working papers: what was once decided or thought; specs may have moved on.</summary>
    Archive,
}

/// <summary>Decides from its path whether a file is a source, and which.</summary>
internal static class Sources
{
    private const string ArchiveFolder = "openspec/changes/archive/";

    // Folders that hold other people's text, or what a build made.
    private static readonly HashSet<string> s_skippedFolders = new(StringComparer.OrdinalIgnoreCase)
    {
        "node_modules", "bin", "obj", "artifacts", "dist", "target", "vendor", "__pycache__",
    };

    /// <summary>True for folders that are not entered: hidden ones, dependencies, build output.</summary>
    internal static bool IsSkippedFolder(string name) => name.StartsWith('.') || s_skippedFolders.Contains(name);

    /// <summary>The kind of a file, by its path relative to the repository with <c>/</c> between parts; null when it is no source.</summary>
    /// <param name="path">The path.</param>
    /// <param name="comments">Whether source code counts, for its comments.</param>
    internal static SourceKind? KindOf(string path, bool comments)
    {
        if (!IsMarkdown(path)) return comments && CommentSyntax.Of(path) is not null && !IsGenerated(path) ? SourceKind.Comment : null;
        if (path.StartsWith("openspec/specs/", StringComparison.Ordinal))
            return path.EndsWith("/spec.md", StringComparison.Ordinal) ? SourceKind.Spec : SourceKind.Document;
        if (path.StartsWith(ArchiveFolder, StringComparison.Ordinal))
            return IsWorkList(path) ? null : SourceKind.Archive;
        if (path.StartsWith("openspec/changes/", StringComparison.Ordinal)) return null; // proposed, not decided
        if (path is "openspec/AGENTS.md") return null; // OpenSpec's own manual, with sample requirements
        return path.StartsWith("openspec/", StringComparison.Ordinal) && path.AsSpan("openspec/".Length).Contains('/') ? SourceKind.Archive : SourceKind.Document;
    }

    internal static bool IsMarkdown(ReadOnlySpan<char> name) =>
        name.EndsWith(".md", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".markdown", StringComparison.OrdinalIgnoreCase);

    private static bool IsGenerated(string path) =>
        path.Contains(".min.", StringComparison.Ordinal) || path.Contains(".g.", StringComparison.Ordinal) || path.Contains(".designer.", StringComparison.OrdinalIgnoreCase) || path.EndsWith("-lock.yaml", StringComparison.Ordinal);

    // review.md repeats open questions; tasks.md tells what was to be done, not what holds.
    private static bool IsWorkList(string path) => path.EndsWith("/review.md", StringComparison.Ordinal) || path.EndsWith("/tasks.md", StringComparison.Ordinal);

    /// <summary>True when the file belongs to the change, active or archived (<c>2025-01-31-id</c>).</summary>
    internal static bool BelongsToChange(string path, string change)
    {
        if (path.StartsWith($"openspec/changes/{change}/", StringComparison.Ordinal)) return true;
        if (!path.StartsWith(ArchiveFolder, StringComparison.Ordinal)) return false;
        var rest = path.AsSpan(ArchiveFolder.Length);
        var slash = rest.IndexOf('/');
        var folder = slash < 0 ? rest : rest[..slash];
        return folder.SequenceEqual(change) || (folder.EndsWith('-' + change, StringComparison.Ordinal) && folder.Length == change.Length + "2025-01-31-".Length);
    }

    /// <summary>The capability that a spec file is about, as words; empty for other files.</summary>
    internal static string CapabilityOf(string path)
    {
        var at = path.IndexOf("/specs/", StringComparison.Ordinal);
        if (at < 0 || !path.StartsWith("openspec/", StringComparison.Ordinal)) return "";
        var rest = path[(at + "/specs/".Length)..];
        var end = rest.LastIndexOf('/');
        return end < 0 ? "" : rest[..end];
    }
}
