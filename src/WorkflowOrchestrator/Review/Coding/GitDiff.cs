using System.Globalization;

namespace Workflow.Review.Coding;

/// <summary>A line of a diff.</summary>
/// <param name="Number">Its number in the new file; for a removed line the number at which it stood before the change.</param>
/// <param name="Kind">'+', '-' or ' '.</param>
/// <param name="Text">Without that mark.</param>
internal sealed record DiffLine(int Number, char Kind, string Text);

/// <summary>A part of a file that a diff shows.</summary>
internal sealed record DiffHunk(string Path, IReadOnlyList<DiffLine> Lines)
{
    public int Size => Lines.Sum(line => line.Text.Length + 8);
}

/// <summary>A file of a diff.</summary>
/// <param name="Path">Its path after the change (before it, when it was deleted), relative to the repository.</param>
internal sealed record DiffFile(string Path, IReadOnlyList<DiffHunk> Hunks)
{
    private static readonly string[] TestMarks = ["test", "tests", "spec", "specs", "__tests__", "e2e"];

    /// <summary>Whether the path says that it is a test: a folder or a part of the name.</summary>
    public bool IsTest => Path.ToLowerInvariant().Split('/', '.', '_', '-').Any(part => TestMarks.Contains(part, StringComparer.Ordinal) || part.EndsWith("tests", StringComparison.Ordinal))
        || System.IO.Path.GetFileNameWithoutExtension(Path).EndsWith("Test", StringComparison.Ordinal);
}

/// <summary>Reads what <c>git diff</c> prints. Any text is one; what is no diff gives no files.</summary>
internal static class GitDiff
{
    /// <summary>The files of a unified diff with their changed parts.</summary>
    public static IReadOnlyList<DiffFile> Parse(string text)
    {
        var files = new List<DiffFile>();
        var hunks = new List<DiffHunk>();
        List<DiffLine>? lines = null;
        var (path, oldPath) = ("", "");
        var (number, oldLeft, newLeft) = (0, 0, 0);
        foreach (var raw in text.Split('\n'))
        {
            var line = raw.TrimEnd('\r');
            if (lines is not null && oldLeft + newLeft > 0 && line.Length > 0 && line[0] is '+' or '-' or ' ')
            {
                lines.Add(new DiffLine(number, line[0], line[1..]));
                number += line[0] == '-' ? 0 : 1;
                oldLeft -= line[0] == '+' ? 0 : 1;
                newLeft -= line[0] == '-' ? 0 : 1;
                continue;
            }

            if (line.StartsWith("diff --git ", StringComparison.Ordinal))
            {
                Flush();
                (path, oldPath) = ("", "");
            }
            else if (line.StartsWith("--- ", StringComparison.Ordinal))
            {
                oldPath = PathOf(line);
            }
            else if (line.StartsWith("+++ ", StringComparison.Ordinal))
            {
                path = PathOf(line) is { Length: > 0 } now ? now : oldPath;
            }
            else if (line.StartsWith("@@ ", StringComparison.Ordinal) && TryRanges(line, out oldLeft, out newLeft, out number))
            {
                hunks.Add(new DiffHunk(path, lines = []));
            }
        }

        Flush();
        return files;

        void Flush()
        {
            if (hunks.Count > 0 && path.Length > 0)
                files.Add(new DiffFile(path, hunks));
            hunks = [];
            lines = null;
            (oldLeft, newLeft) = (0, 0);
        }
    }

    // "--- a/src/x.cs", "+++ b/src/x.cs", "+++ /dev/null"
    private static string PathOf(string line)
    {
        var path = line[4..].Trim().Trim('"');
        var tab = path.IndexOf('\t', StringComparison.Ordinal);
        path = tab < 0 ? path : path[..tab];
        return path == "/dev/null" ? "" : path.Length > 2 && path[1] == '/' ? path[2..] : path;
    }

    // "@@ -12,3 +14,5 @@"
    private static bool TryRanges(string line, out int oldCount, out int newCount, out int start)
    {
        (oldCount, newCount, start) = (0, 0, 0);
        var parts = line.Split(' ');
        return parts.Length > 2 && parts[1].StartsWith('-') && parts[2].StartsWith('+')
            && TryRange(parts[1], out _, out oldCount) && TryRange(parts[2], out start, out newCount);
    }

    private static bool TryRange(string part, out int start, out int count)
    {
        count = 1;
        var comma = part.IndexOf(',', StringComparison.Ordinal);
        return int.TryParse(comma < 0 ? part.AsSpan(1) : part.AsSpan(1, comma - 1), NumberStyles.None, CultureInfo.InvariantCulture, out start)
            && (comma < 0 || int.TryParse(part.AsSpan(comma + 1), NumberStyles.None, CultureInfo.InvariantCulture, out count));
    }
}
