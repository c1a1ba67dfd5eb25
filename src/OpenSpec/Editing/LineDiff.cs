using System.Runtime.InteropServices;

namespace OpenSpec.Editing;

/// <summary>Lines of one text that stand in place of lines of another; 0-based.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct LineChange(int OldStart, int OldCount, int NewStart, int NewCount);

/// <summary>Finds the differences of two lists of lines (Myers, with a limit on effort).</summary>
internal static class LineDiff
{
    /// <summary>Texts that differ in more lines than this are shown as replaced, so that time and memory stay bounded.</summary>
    private const int MaxDifferences = 2000;

    public static IReadOnlyList<LineChange> Between(IReadOnlyList<string> old, IReadOnlyList<string> @new)
    {
        var start = 0;
        while (start < old.Count && start < @new.Count && Same(old[start], @new[start]))
            start++;
        var (oldEnd, newEnd) = (old.Count, @new.Count);
        while (oldEnd > start && newEnd > start && Same(old[oldEnd - 1], @new[newEnd - 1]))
        {
            oldEnd--;
            newEnd--;
        }

        if (start == oldEnd && start == newEnd)
            return [];
        var (n, m) = (oldEnd - start, newEnd - start);
        var trace = n == 0 || m == 0 ? null : Search(old, @new, start, n, m);
        return trace is null ? [new(start, n, start, m)] : Backtrack(trace, start, n, m);
    }

    /// <summary>The furthest reaching paths for each number of differences; null when there are too many.</summary>
    private static List<int[]>? Search(IReadOnlyList<string> old, IReadOnlyList<string> @new, int start, int n, int m)
    {
        var limit = Math.Min(n + m, MaxDifferences);
        var trace = new List<int[]>();
        var reach = new int[(2 * limit) + 2];
        for (var d = 0; d <= limit; d++)
        {
            // Only the diagonals that this step may read are kept: memory grows with the square of the differences, not of the lines.
            trace.Add(reach.AsSpan(limit - d, Math.Min((2 * d) + 2, reach.Length - (limit - d))).ToArray());
            for (var k = -d; k <= d; k += 2)
            {
                var isDown = k == -d || (k != d && reach[limit + k - 1] < reach[limit + k + 1]);
                var x = isDown ? reach[limit + k + 1] : reach[limit + k - 1] + 1;
                var y = x - k;
                while (x < n && y < m && Same(old[start + x], @new[start + y]))
                {
                    x++;
                    y++;
                }

                reach[limit + k] = x;
                if (x >= n && y >= m)
                    return trace;
            }
        }

        return null;
    }

    private static List<LineChange> Backtrack(List<int[]> trace, int start, int n, int m)
    {
        var changes = new List<LineChange>();
        var (x, y) = (n, m);
        for (var d = trace.Count - 1; d > 0; d--)
        {
            var reach = trace[d];
            var k = x - y;
            var isDown = k == -d || (k != d && At(reach, d, k - 1) < At(reach, d, k + 1));
            var previous = isDown ? k + 1 : k - 1;
            var px = At(reach, d, previous);
            var py = px - previous;
            Add(changes, start, px, py, isDown);
            (x, y) = (px, py);
        }

        changes.Reverse();
        return changes;

        static int At(int[] reach, int d, int k) => reach[k + d];
    }

    /// <summary>Adds one step before those found so far, joined with the next when they touch.</summary>
    private static void Add(List<LineChange> changes, int start, int x, int y, bool isInsertion)
    {
        var step = new LineChange(start + x, isInsertion ? 0 : 1, start + y, isInsertion ? 1 : 0);
        if (changes.Count > 0 && changes[^1] is var next && step.OldStart + step.OldCount == next.OldStart && step.NewStart + step.NewCount == next.NewStart)
            changes[^1] = new(step.OldStart, step.OldCount + next.OldCount, step.NewStart, step.NewCount + next.NewCount);
        else
            changes.Add(step);
    }

    private static bool Same(string a, string b) => string.Equals(a, b, StringComparison.Ordinal);
}
