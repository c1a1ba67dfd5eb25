namespace Workflow.Documents.Git;

/// <summary>What git thinks of an update's documents: from its index and HEAD, or in special cases from <c>git status --porcelain=v2 -z</c>.</summary>
/// <param name="Changed">Absolute paths that differ from HEAD and can be committed.</param>
/// <param name="Untracked">Those of them that git does not know yet.</param>
/// <param name="Note">Which documents are left out of the commit, and why; null when none is.</param>
/// <param name="Refusal">Why nothing can be committed; null when something can.</param>
internal sealed record PathStates(IReadOnlyList<string> Changed, IReadOnlyList<string> Untracked, string? Note, CommitOutcome? Refusal)
{
    public static PathStates Unknown(CommitOutcome refusal) => new([], [], null, refusal);

    /// <summary>Reads what git printed.</summary>
    /// <param name="output">Entries ended by NUL, paths relative to <paramref name="topLevel"/>.</param>
    /// <param name="topLevel">The work tree.</param>
    public static PathStates Parse(string output, string topLevel)
    {
        var entries = Entries(output).ToArray();
        var staged = entries.Where(entry => entry.Mark is '1' or '2' && entry.State[0] != '.').Select(entry => entry.Path).ToArray();
        if (entries.FirstOrDefault(entry => entry.Mark == 'u').Path is { } unmerged)
            return HasConflict(unmerged);
        if (staged.Length > 0)
            return HasStaged(staged);

        string Absolute(Entry entry) => Path.Combine(topLevel, entry.Path);
        var changed = entries.Where(entry => entry.Mark != '!').Select(Absolute).ToArray();
        var ignored = entries.Where(entry => entry.Mark == '!').Select(entry => entry.Path).ToArray();
        var note = ignored.Length == 0 ? null : $"{string.Join(", ", ignored)} is ignored by git";
        return changed.Length > 0
            ? new PathStates(changed, [.. entries.Where(entry => entry.Mark == '?').Select(Absolute)], note, null)
            : Unknown(new CommitOutcome.NotCommitted(note ?? "git sees no difference to its last commit", null));
    }

    /// <summary>Decides from the index and HEAD alone. Null when only git itself can tell. Pure.</summary>
    /// <param name="paths">The documents.</param>
    public static PathStates? From(IReadOnlyList<PathFacts> paths)
    {
        if (paths.FirstOrDefault(path => path.Index is { IsUnmerged: true }) is { } unmerged)
            return HasConflict(unmerged.Path);
        if (paths.Any(path => path.Index is { IsSpecial: true } || (path.Index is { Hash: null } && !path.IsOnDisk)))
            return null;
        var staged = paths.Where(path => path.Index is null ? path.Head is not null : path.Index.Hash is not null && path.Index.Hash != path.Head).Select(path => path.Path).ToArray();
        if (staged.Length > 0)
            return HasStaged(staged);
        var changed = paths.Where(path => path.Index is not null || path.IsOnDisk).ToArray();
        return changed.Length == 0
            ? Unknown(new CommitOutcome.NotCommitted("git sees no difference to its last commit", null))
            : new PathStates([.. changed.Select(path => path.Absolute)], [.. changed.Where(path => path.Index is null).Select(path => path.Absolute)], null, null);
    }

    /// <summary>The paths that have an empty entry in the index ("intent to add") and are not in HEAD.</summary>
    public static IReadOnlyList<string> Empty(string output, string topLevel) =>
        [.. Entries(output).Where(entry => entry is { Mark: '1', State: ".A" }).Select(entry => Path.Combine(topLevel, entry.Path))];

    private static PathStates HasConflict(string path) =>
        Unknown(new CommitOutcome.MustWait($"{path} has a merge conflict", $"Resolve the conflict in {path}; the update goes on by itself."));

    private static PathStates HasStaged(IEnumerable<string> paths) => Unknown(new CommitOutcome.NotCommitted(
        $"{string.Join(", ", paths)} has staged changes of yours, which a commit would carry away", "Commit what you staged; the update is in the file already."));

    private static IEnumerable<Entry> Entries(string output)
    {
        var fields = output.Split('\0', StringSplitOptions.RemoveEmptyEntries);
        for (var i = 0; i < fields.Length; i++)
        {
            var field = fields[i];
            switch (field[0])
            {
                case '1':
                    yield return new Entry('1', field[2..4], After(field, 8));
                    break;
                case '2':
                    yield return new Entry('2', field[2..4], After(field, 9));
                    i++; // the name before the rename
                    break;
                case 'u':
                    yield return new Entry('u', field[2..4], After(field, 10));
                    break;
                case '?' or '!':
                    yield return new Entry(field[0], "..", field[2..]);
                    break;
            }
        }
    }

    // The path follows after that many blanks; it may hold blanks itself.
    private static string After(string field, int blanks)
    {
        var at = 0;
        for (; blanks > 0; blanks--)
            at = field.IndexOf(' ', at) + 1;
        return field[at..];
    }

    /// <summary>One line of it.</summary>
    /// <param name="Mark">1 changed, 2 renamed, u unmerged, ? untracked, ! ignored.</param>
    /// <param name="State">How the index differs from HEAD, and the file from the index; '.': not.</param>
    /// <param name="Path">Relative to the work tree.</param>
    private readonly record struct Entry(char Mark, string State, string Path);
}

/// <summary>One document as git's index and HEAD know it.</summary>
/// <param name="Path">Relative to the work tree.</param>
/// <param name="Absolute">Where it stands.</param>
/// <param name="IsOnDisk">Whether there is a file.</param>
/// <param name="Index">Its entry; null when it has none.</param>
/// <param name="Head">Hash of it in the last commit; null when it is not there.</param>
internal sealed record PathFacts(string Path, string Absolute, bool IsOnDisk, IndexEntry? Index, string? Head);
