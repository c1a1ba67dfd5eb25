namespace Workflow.Documents.Git;

/// <summary>What git thinks of an update's documents, from <c>git status --porcelain=v2 -z</c>.</summary>
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
        var staged = entries.Where(entry => entry.Mark is '1' or '2' && entry.Staged != '.').Select(entry => entry.Path).ToArray();
        if (entries.FirstOrDefault(entry => entry.Mark == 'u').Path is { } unmerged)
            return Unknown(new CommitOutcome.MustWait($"{unmerged} has a merge conflict", $"Resolve the conflict in {unmerged}; the update goes on by itself."));
        if (staged.Length > 0)
        {
            return Unknown(new CommitOutcome.NotCommitted(
                $"{string.Join(", ", staged)} has staged changes of yours, which a commit would carry away", "Commit what you staged; the update is in the file already."));
        }

        string Absolute(Entry entry) => Path.Combine(topLevel, entry.Path);
        var changed = entries.Where(entry => entry.Mark != '!').Select(Absolute).ToArray();
        var ignored = entries.Where(entry => entry.Mark == '!').Select(entry => entry.Path).ToArray();
        var note = ignored.Length == 0 ? null : $"{string.Join(", ", ignored)} is ignored by git";
        return changed.Length > 0
            ? new PathStates(changed, [.. entries.Where(entry => entry.Mark == '?').Select(Absolute)], note, null)
            : Unknown(new CommitOutcome.NotCommitted(note ?? "git sees no difference to its last commit", null));
    }

    private static IEnumerable<Entry> Entries(string output)
    {
        var fields = output.Split('\0', StringSplitOptions.RemoveEmptyEntries);
        for (var i = 0; i < fields.Length; i++)
        {
            var field = fields[i];
            switch (field[0])
            {
                case '1':
                    yield return new Entry('1', field[2], After(field, 8));
                    break;
                case '2':
                    yield return new Entry('2', field[2], After(field, 9));
                    i++; // the name before the rename
                    break;
                case 'u':
                    yield return new Entry('u', field[2], After(field, 10));
                    break;
                case '?' or '!':
                    yield return new Entry(field[0], '.', field[2..]);
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
    /// <param name="Staged">How the index differs from HEAD; '.': not.</param>
    /// <param name="Path">Relative to the work tree.</param>
    private readonly record struct Entry(char Mark, char Staged, string Path);
}
