using System.Globalization;
using System.Text;

namespace OpenSpec.Editing;

/// <summary>Differences of two texts by lines, in the unified format of diff and git.</summary>
public static class UnifiedDiff
{
    private const int Context = 3;

    /// <summary>The differences; empty when the texts are equal. Line ends count.</summary>
    /// <param name="path">Path for the two header lines.</param>
    /// <param name="before">The old text; null when the file is new.</param>
    /// <param name="after">The new text; null when the file is deleted.</param>
    public static string Between(string path, string? before, string? after)
    {
        if (string.Equals(before, after, StringComparison.Ordinal))
            return "";
        var old = SplitLines(before ?? "");
        var @new = SplitLines(after ?? "");
        var result = new StringBuilder();
        result.Append("--- ").Append(before is null ? "/dev/null" : "a/" + path).Append('\n');
        result.Append("+++ ").Append(after is null ? "/dev/null" : "b/" + path).Append('\n');
        foreach (var hunk in Group(LineDiff.Between(old, @new)))
            AppendHunk(result, hunk, old, @new);
        return result.ToString();
    }

    private static List<string> SplitLines(string text)
    {
        var lines = new List<string>();
        for (var start = 0; start < text.Length;)
        {
            var end = text.IndexOf('\n', start);
            end = end < 0 ? text.Length : end + 1;
            lines.Add(text[start..end]);
            start = end;
        }

        return lines;
    }

    /// <summary>Differences whose contexts touch belong into one hunk.</summary>
    private static IEnumerable<List<LineChange>> Group(IReadOnlyList<LineChange> changes)
    {
        var group = new List<LineChange>();
        foreach (var change in changes)
        {
            if (group.Count > 0 && change.OldStart - (group[^1].OldStart + group[^1].OldCount) > 2 * Context)
            {
                yield return group;
                group = [];
            }

            group.Add(change);
        }

        if (group.Count > 0)
            yield return group;
    }

    private static void AppendHunk(StringBuilder result, List<LineChange> changes, List<string> old, List<string> @new)
    {
        var lead = Math.Min(Context, changes[0].OldStart);
        var (oldStart, newStart) = (changes[0].OldStart - lead, changes[0].NewStart - lead);
        var oldEnd = Math.Min(old.Count, changes[^1].OldStart + changes[^1].OldCount + Context);
        var newEnd = Math.Min(@new.Count, changes[^1].NewStart + changes[^1].NewCount + Context);
        result.Append("@@ -").Append(Range(oldStart, oldEnd - oldStart)).Append(" +").Append(Range(newStart, newEnd - newStart)).Append(" @@\n");
        var at = oldStart;
        foreach (var change in changes)
        {
            for (; at < change.OldStart; at++)
                AppendLine(result, ' ', old[at]);
            for (; at < change.OldStart + change.OldCount; at++)
                AppendLine(result, '-', old[at]);
            for (var i = 0; i < change.NewCount; i++)
                AppendLine(result, '+', @new[change.NewStart + i]);
        }

        for (; at < oldEnd; at++)
            AppendLine(result, ' ', old[at]);
    }

    private static string Range(int start, int count)
    {
        var first = (count == 0 ? start : start + 1).ToString(CultureInfo.InvariantCulture);
        return count == 1 ? first : first + "," + count.ToString(CultureInfo.InvariantCulture);
    }

    private static void AppendLine(StringBuilder result, char mark, string line)
    {
        result.Append(mark).Append(line);
        if (!line.EndsWith('\n'))
            result.Append("\n\\ No newline at end of file\n");
    }
}
