using System.Runtime.InteropServices;
using DiffPlex;

namespace Workflow.Documents.Text;

/// <summary>A run of lines of one text that another text has in place of a run of its own.</summary>
/// <param name="OldStart">First line (0-based) in the old text.</param>
/// <param name="OldCount">Lines that are gone.</param>
/// <param name="NewStart">First line in the new text.</param>
/// <param name="NewCount">Lines that came.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct LineChange(int OldStart, int OldCount, int NewStart, int NewCount)
{
    public int OldEnd => OldStart + OldCount;

    public int NewEnd => NewStart + NewCount;
}

/// <summary>Compares texts line by line; line ends count.</summary>
internal static class LineDiff
{
    // DiffPlex needs time in the product of length and difference; over this, what differs is taken as one block.
    private const int MaxLines = 20_000;

    /// <summary>What differs, in order; between the runs the lines are equal.</summary>
    public static IReadOnlyList<LineChange> Compare(string[] old, string[] now)
    {
        var head = 0;
        while (head < old.Length && head < now.Length && old[head] == now[head])
            head++;
        var tail = 0;
        while (tail < old.Length - head && tail < now.Length - head && old[^(tail + 1)] == now[^(tail + 1)])
            tail++;
        var (oldCount, newCount) = (old.Length - head - tail, now.Length - head - tail);
        if (oldCount == 0 && newCount == 0)
            return [];
        if (oldCount == 0 || newCount == 0 || oldCount + newCount > MaxLines)
            return [new LineChange(head, oldCount, head, newCount)];
        var result = new Differ().CreateCustomDiffs(
            string.Concat(old[head..^tail]), string.Concat(now[head..^tail]), ignoreWhiteSpace: false, ignoreCase: false, TextLines.Split);
        return [.. result.DiffBlocks.Select(block => new LineChange(block.DeleteStartA + head, block.DeleteCountA, block.InsertStartB + head, block.InsertCountB))];
    }

    /// <summary>Lines added and removed.</summary>
    public static (int Added, int Removed) Count(string? old, string? now)
    {
        var changes = Compare(TextLines.Split(old ?? ""), TextLines.Split(now ?? ""));
        return (changes.Sum(change => change.NewCount), changes.Sum(change => change.OldCount));
    }
}
