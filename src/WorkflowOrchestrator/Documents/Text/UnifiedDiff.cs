using System.Text;

namespace Workflow.Documents.Text;

/// <summary>The unified form of a difference, as <c>diff -u</c> and git write it.</summary>
internal static class UnifiedDiff
{
    private const int Context = 3;

    /// <summary>The difference of one document; empty when there is none.</summary>
    /// <param name="path">Shown after <c>a/</c> and <c>b/</c>.</param>
    /// <param name="old">The old text; null: the document did not exist.</param>
    /// <param name="now">The new text; null: it is gone.</param>
    public static string Of(string path, string? old, string? now)
    {
        var (a, b) = (TextLines.Split(old ?? ""), TextLines.Split(now ?? ""));
        var changes = LineDiff.Compare(a, b);
        if (changes.Count == 0 && (old is null) == (now is null))
            return "";
        var diff = new StringBuilder()
            .Append("--- ").Append(old is null ? "/dev/null" : "a/" + path).Append('\n')
            .Append("+++ ").Append(now is null ? "/dev/null" : "b/" + path).Append('\n');
        for (var i = 0; i < changes.Count;)
        {
            var last = i;
            while (last + 1 < changes.Count && changes[last + 1].OldStart - changes[last].OldEnd <= 2 * Context)
                last++;
            AppendHunk(diff, a, b, changes.Skip(i).Take(last - i + 1).ToArray());
            i = last + 1;
        }

        return diff.ToString();
    }

    private static void AppendHunk(StringBuilder diff, string[] a, string[] b, LineChange[] changes)
    {
        var before = Math.Min(Context, changes[0].OldStart);
        var after = Math.Min(Context, a.Length - changes[^1].OldEnd);
        var (oldStart, newStart) = (changes[0].OldStart - before, changes[0].NewStart - before);
        var (oldCount, newCount) = (changes[^1].OldEnd + after - oldStart, changes[^1].NewEnd + after - newStart);
        diff.Append("@@ -").Append(Range(oldStart, oldCount)).Append(" +").Append(Range(newStart, newCount)).Append(" @@\n");
        var at = oldStart;
        foreach (var change in changes)
        {
            AppendLines(diff, ' ', a, at, change.OldStart);
            AppendLines(diff, '-', a, change.OldStart, change.OldEnd);
            AppendLines(diff, '+', b, change.NewStart, change.NewEnd);
            at = change.OldEnd;
        }

        AppendLines(diff, ' ', a, at, at + after);
    }

    // Counted from 1; an empty range is named by the line before it.
    private static string Range(int start, int count) => count == 1 ? $"{start + 1}" : $"{(count == 0 ? start : start + 1)},{count}";

    private static void AppendLines(StringBuilder diff, char mark, string[] lines, int from, int to)
    {
        for (var i = from; i < to; i++)
        {
            diff.Append(mark).Append(lines[i]);
            if (lines[i].Length == 0 || lines[i][^1] is not ('\n' or '\r'))
                diff.Append("\n\\ No newline at end of file\n");
            else if (lines[i][^1] == '\r')
                diff.Append('\n');
        }
    }
}
