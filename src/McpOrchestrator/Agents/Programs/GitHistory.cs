using System.ComponentModel;
using McpOrchestrator.Agents.Librarian.Text;
using Platform.Processes;

namespace McpOrchestrator.Agents.Programs;

/// <summary>A commit as the log tells it.</summary>
internal sealed record Commit(string Hash, string Date, string Author, string Subject, string Body);

/// <summary>What the commits say to a question.</summary>
internal sealed record HistoryAnswer(string Text, double Confidence);

/// <summary>Finds the commit that a question is about, by the words of its message and the paths that it touched.</summary>
internal static class GitHistory
{
    private const int Commits = 1000;
    private const double LeastCoverage = 0.6;
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(15);

    // Words with which one asks about history, not what one asks about.
    private static readonly HashSet<string> s_frame = Words.StemsOf("commit commits committed change changed changes when who why author wrote written added last first introduced happened history git repository").ToHashSet(StringComparer.Ordinal);

    /// <summary>The answer, null when no commit is about it; or the problem that kept git from telling.</summary>
    internal static async Task<(HistoryAnswer? Answer, string? Problem)> AskAsync(string question, string repository, CancellationToken cancellationToken)
    {
        var call = new ChildProcessCall(
            "git", ["-C", repository, "log", "-n", $"{Commits}", "--date=short", "--name-only", "--format=%x1e%h%x1f%ad%x1f%an%x1f%s%x1f%b"], repository, s_timeout)
        {
            MaxOutputBytes = 16 * 1024 * 1024,
        };
        try
        {
            var result = await ChildProcess.RunAsync(call, cancellationToken);
            if (result.TimedOut) return (null, $"git log took longer than {s_timeout.TotalSeconds:0} seconds.");
            return result.ExitCode == 0 ? (Answer(question, Parse(result.Output)), null) : (null, result.Error.Trim());
        }
        catch (Win32Exception e)
        {
            return (null, $"git could not be started: {e.Message}");
        }
    }

    internal static IReadOnlyList<Commit> Parse(string log) =>
        [.. log.Split('\u001e', StringSplitOptions.RemoveEmptyEntries).Select(c => c.Split('\u001f')).Where(c => c.Length == 5).Select(c => new Commit(c[0].Trim(), c[1], c[2], c[3], c[4].Trim()))];

    /// <summary>The commit that has most of the question's words, the newest of equals; null when none has enough of them.</summary>
    internal static HistoryAnswer? Answer(string question, IReadOnlyList<Commit> commits)
    {
        List<string> wanted = [.. Words.StemsOf(question).Where(s => !StopWords.Contains(s) && !StopWords.IsFrame(s) && !s_frame.Contains(s)).Distinct(StringComparer.Ordinal)];
        if (wanted.Count == 0) return null;
        var (best, share) = (default(Commit), 0.0);
        foreach (var commit in commits) // newest first
        {
            var title = Words.StemsOf(commit.Subject).ToHashSet(StringComparer.Ordinal);
            var whole = Words.StemsOf(commit.Body).ToHashSet(StringComparer.Ordinal);
            var coverage = wanted.Average(w => title.Contains(w) ? 1.0 : whole.Contains(w) ? 0.8 : 0);
            if (coverage > share) (best, share) = (commit, coverage);
        }

        return best is null || share < LeastCoverage ? null : new HistoryAnswer($"\"{best.Subject}\" (commit {best.Hash} of {best.Date} by {best.Author})", Math.Round(0.25 + (0.4 * share), 2));
    }
}
