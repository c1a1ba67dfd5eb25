namespace Workflow.Documents.Git;

/// <summary>What is going on in the git repository around the changes folder.</summary>
internal enum RepositoryActivity
{
    /// <summary>On a branch, nothing in progress.</summary>
    Normal,

    /// <summary>On a branch without a commit.</summary>
    Unborn,

    /// <summary>On a commit, not on a branch.</summary>
    Detached,

    Merge,
    Rebase,
    CherryPick,
    Revert,
    Bisect,

    /// <summary><c>git am</c> is applying patches.</summary>
    Am,

    /// <summary>A git process is at work, or left its lock behind.</summary>
    Locked,
}

/// <summary>The git repository around the changes folder.</summary>
internal abstract record RepositoryState
{
    private RepositoryState()
    {
    }

    /// <summary>There is none that can be used; <paramref name="Why"/> says why (no git, no repository, bare, not trusted).</summary>
    /// <param name="Why">For people.</param>
    /// <param name="Remedy">What to do about it; null when nothing is wrong.</param>
    internal sealed record NoRepository(string Why, string? Remedy = null) : RepositoryState;

    /// <summary>A work tree.</summary>
    /// <param name="Layout">Where it keeps its things.</param>
    /// <param name="Activity">What is going on.</param>
    /// <param name="Detail">For <see cref="RepositoryActivity.Locked"/>: the lock file.</param>
    internal sealed record Present(RepositoryLayout Layout, RepositoryActivity Activity, string? Detail = null) : RepositoryState
    {
        /// <summary>Whether a commit can be made now. A commit in the middle of the others would become part of what the human is doing.</summary>
        public bool IsIdle => Activity is RepositoryActivity.Normal or RepositoryActivity.Unborn or RepositoryActivity.Detached;
    }
}

/// <summary>Folders of a repository; in a linked worktree the second and third differ.</summary>
/// <param name="TopLevel">The work tree.</param>
/// <param name="GitFolder">HEAD, index and the marks of operations in progress.</param>
/// <param name="CommonFolder">Objects and refs.</param>
internal sealed record RepositoryLayout(string TopLevel, string GitFolder, string CommonFolder);

/// <summary>Reads the marks that git leaves in its folder while something is in progress (git 2.39: wt-status.c, sequencer.c).</summary>
internal static class RepositoryMarks
{
    public static (RepositoryActivity Activity, string? Detail)? Find(RepositoryLayout layout)
    {
        var git = layout.GitFolder;
        if (Directory.Exists(Path.Combine(git, "rebase-merge")))
            return (RepositoryActivity.Rebase, null);
        if (Directory.Exists(Path.Combine(git, "rebase-apply")))
            return (File.Exists(Path.Combine(git, "rebase-apply", "applying")) ? RepositoryActivity.Am : RepositoryActivity.Rebase, null);
        if (File.Exists(Path.Combine(git, "MERGE_HEAD")))
            return (RepositoryActivity.Merge, null);
        if (File.Exists(Path.Combine(git, "CHERRY_PICK_HEAD")))
            return (RepositoryActivity.CherryPick, null);
        if (File.Exists(Path.Combine(git, "REVERT_HEAD")))
            return (RepositoryActivity.Revert, null);
        if (SequencerTodo(git) is { } activity)
            return (activity, null);
        if (File.Exists(Path.Combine(git, "BISECT_LOG")))
            return (RepositoryActivity.Bisect, null);
        return Lock(layout) is { } file ? (RepositoryActivity.Locked, file) : null;
    }

    /// <summary>Where HEAD stands. Read from the files: any answer allows a commit, and git itself decides when it comes to it.</summary>
    public static RepositoryActivity Head(RepositoryLayout layout)
    {
        try
        {
            const string prefix = "ref: ";
            var head = File.ReadAllText(Path.Combine(layout.GitFolder, "HEAD")).Trim();
            if (!head.StartsWith(prefix, StringComparison.Ordinal))
                return RepositoryActivity.Detached;
            var reference = head[prefix.Length..];
            if (File.Exists(Path.Combine(layout.CommonFolder, reference)) || Directory.Exists(Path.Combine(layout.CommonFolder, "reftable")))
                return RepositoryActivity.Normal;
            var packed = Path.Combine(layout.CommonFolder, "packed-refs");
            return File.Exists(packed) && File.ReadLines(packed).Any(line => line.EndsWith(" " + reference, StringComparison.Ordinal)) ? RepositoryActivity.Normal : RepositoryActivity.Unborn;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return RepositoryActivity.Normal; // git will say what is wrong
        }
    }

    // Between two picks of a series CHERRY_PICK_HEAD is gone, but the list of what is left stands.
    private static RepositoryActivity? SequencerTodo(string git)
    {
        var todo = Path.Combine(git, "sequencer", "todo");
        if (!File.Exists(todo))
            return null;
        try
        {
            return File.ReadLines(todo).FirstOrDefault(line => line.Length > 0)?.StartsWith("revert", StringComparison.Ordinal) == true
                ? RepositoryActivity.Revert
                : RepositoryActivity.CherryPick;
        }
        catch (IOException)
        {
            return null; // it ended just now
        }
    }

    private static string? Lock(RepositoryLayout layout)
    {
        string[] files =
        [
            Path.Combine(layout.GitFolder, "index.lock"), Path.Combine(layout.GitFolder, "HEAD.lock"), Path.Combine(layout.CommonFolder, "packed-refs.lock"),
        ];
        return files.FirstOrDefault(File.Exists);
    }
}
