using Workflow.Documents.Text;

namespace Workflow.Documents.History;

/// <summary>Where a line of a newer text stands in an older one.</summary>
/// <param name="Index">The line in the older text (0-based); -1: it has no counterpart there.</param>
/// <param name="IsChanged">Whether the line came, or was changed, between the two.</param>
/// <param name="Block">The run of lines of the newer text that came with it, as one text; the line itself when it was not changed.</param>
internal readonly record struct TracedLine(int Index, bool IsChanged, string Block);

/// <summary>Follows one line back from a text to the text before it. Pure.</summary>
internal static class LineTrace
{
    // A changed line counts as the same line, edited, when at least half of its words are those of the old one.
    private const double MinSimilarity = 0.5;

    public static TracedLine Back(string[] old, string[] now, int index)
    {
        var shift = 0;
        foreach (var change in LineDiff.Compare(old, now))
        {
            if (change.NewStart > index)
                break;
            if (index < change.NewEnd)
                return new TracedLine(Counterpart(old, change, now[index]), true, string.Concat(now[change.NewStart..change.NewEnd]));
            shift += change.OldCount - change.NewCount;
        }

        return new TracedLine(index + shift, false, now[index]);
    }

    private static int Counterpart(string[] old, LineChange change, string line)
    {
        var (best, similarity) = (-1, MinSimilarity);
        var words = Words(line);
        for (var i = change.OldStart; i < change.OldEnd; i++)
        {
            var other = Words(old[i]);
            var all = Math.Max(words.Count, other.Count);
            var share = all == 0 ? 0 : (double)words.Count(other.Contains) / all;
            if (share >= similarity && (best < 0 || share > similarity))
                (best, similarity) = (i, share);
        }

        return best;
    }

    private static HashSet<string> Words(string line) =>
        [.. line.Split([' ', '\t', '\r', '\n', '*', '`', '(', ')', ',', ';', '.', ':', '-'], StringSplitOptions.RemoveEmptyEntries).Select(word => word.ToLowerInvariant())];
}
