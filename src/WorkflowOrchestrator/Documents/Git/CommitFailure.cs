using Platform.Processes;

namespace Workflow.Documents.Git;

/// <summary>Reads from git's English messages why a commit failed (git runs with LC_ALL=C).</summary>
internal static class CommitFailure
{
    private static readonly (string Text, Func<string, CommitOutcome> Outcome)[] s_known =
    [
        ("index.lock': File exists", why => new CommitOutcome.MustWait(why, "Another git command is at work. If none is, delete the lock that the message names.")),
        ("cannot lock ref", why => new CommitOutcome.MustWait(why, "Another git command is at work. If none is, delete the lock that the message names.")),
        ("cannot do a partial commit during a", why => new CommitOutcome.MustWait(why, "Finish what is in progress; the update goes on by itself.")),
        ("Please tell me who you are", Identity),
        ("identity unknown", Identity),
        ("empty ident name", Identity),
        ("unable to auto-detect email address", Identity),
        ("gpg failed to sign", why => new CommitOutcome.Failed(why, "Signing needs a key that works without a prompt (gpg-agent), or commit.gpgsign off for this repository.")),
        ("insufficient permission for adding an object", ReadOnly),
        ("Permission denied", ReadOnly),
        ("Read-only file system", ReadOnly),
        ("unable to write", why => new CommitOutcome.Failed(why, "Free space on the disk of the .git folder.")),
        ("nothing to commit", _ => new CommitOutcome.NotCommitted("git sees no difference to its last commit", null)),
        ("nothing added to commit", _ => new CommitOutcome.NotCommitted("git sees no difference to its last commit", null)),
        ("no changes added to commit", _ => new CommitOutcome.NotCommitted("git sees no difference to its last commit", null)),
        ("outside of your sparse-checkout", why => new CommitOutcome.NotCommitted(why, "Add the folder to the sparse checkout: git sparse-checkout add openspec.")),
    ];

    public static CommitOutcome Classify(ChildProcessResult result)
    {
        if (result.TimedOut)
            return new CommitOutcome.Failed("git commit did not end in time (a hook or a passphrase prompt may hang)", "Look at the repository's hooks, or raise document_updates.git_timeout.");
        var text = result.Error + result.Output;
        var first = FirstLine(text);
        foreach (var (known, outcome) in s_known)
        {
            if (text.Contains(known, StringComparison.Ordinal))
                return outcome(LineWith(text, known) ?? first);
        }

        return new CommitOutcome.Failed(
            first.Length == 0 ? $"git commit failed with code {result.ExitCode}; a hook may have refused it" : $"git commit failed: {first}",
            "Look at the repository's commit hooks; commit the document yourself if the hook is right.");
    }

    private static CommitOutcome.NotCommitted Identity(string why) =>
        new("git does not know who commits", "git config user.name NAME and git config user.email ADDRESS, in this repository or with --global.");

    private static CommitOutcome.NotCommitted ReadOnly(string why) => new(why, "Let the daemon's user write to the .git folder.");

    private static string FirstLine(string text) => Shorten(text.TrimStart().Split('\n', 2)[0]);

    private static string? LineWith(string text, string part) =>
        text.Split('\n').FirstOrDefault(line => line.Contains(part, StringComparison.Ordinal)) is { } line ? Shorten(line) : null;

    private static string Shorten(string line) => line.Length > 300 ? line[..300] + "…" : line.TrimEnd();
}
