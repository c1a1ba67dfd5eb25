using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace Workflow.Dashboard.Reading;

/// <summary>What a line of a unified diff is.</summary>
internal enum DiffKind
{
    File,
    Hunk,
    Same,
    Added,
    Removed,
}

/// <summary>A line of a unified diff, without its mark.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">Its text; for a file its path.</param>
/// <param name="Number">Number of the line in the new text, or in the old one when it is removed; 0 when it is not known.</param>
internal sealed record DiffLine(DiffKind Kind, string Text, int Number = 0);

/// <summary>A diff as far as it is shown.</summary>
/// <param name="Lines">The lines.</param>
/// <param name="Left">Lines that were left out.</param>
internal sealed record ShownDiff(IReadOnlyList<DiffLine> Lines, int Left);

/// <summary>
/// Reads unified diffs for showing. The counts of a hunk say where it ends, so a removed line that looks like a file's header is not taken for one. Pure.
/// </summary>
internal static partial class DiffLines
{
    /// <summary>The lines of a diff, at most <paramref name="limit"/>.</summary>
    public static ShownDiff Of(string diff, int limit)
    {
        var lines = new List<DiffLine>();
        var (all, oldPath, at) = (0, "", default(HunkPosition));
        foreach (var line in diff.TrimEnd('\n').Split('\n'))
        {
            var shown = at.IsInHunk ? InHunk(line, ref at) : Outside(line, ref oldPath, ref at);
            if (shown is null)
                continue;
            if (++all <= limit)
                lines.Add(shown);
        }

        return new ShownDiff(lines, all - lines.Count);
    }

    private static DiffLine? InHunk(string line, ref HunkPosition at)
    {
        switch (line)
        {
            case ['+', .. var text]:
                at = at with { New = at.New + 1, NewLeft = at.NewLeft - 1 };
                return new DiffLine(DiffKind.Added, text, at.New - 1);
            case ['-', .. var text]:
                at = at with { Old = at.Old + 1, OldLeft = at.OldLeft - 1 };
                return new DiffLine(DiffKind.Removed, text, at.Old - 1);
            case ['\\', ..]:
                return new DiffLine(DiffKind.Same, line);
            default:
                at = at with { Old = at.Old + 1, OldLeft = at.OldLeft - 1, New = at.New + 1, NewLeft = at.NewLeft - 1 };
                return new DiffLine(DiffKind.Same, line.Length > 0 ? line[1..] : "", at.New - 1);
        }
    }

    private static DiffLine? Outside(string line, ref string oldPath, ref HunkPosition at)
    {
        if (Hunk().Match(line) is { Success: true } hunk)
        {
            at = new HunkPosition(Number(hunk.Groups[1], 0), Number(hunk.Groups[2], 1), Number(hunk.Groups[3], 0), Number(hunk.Groups[4], 1));
            return new DiffLine(DiffKind.Hunk, line);
        }

        if (line.StartsWith("--- ", StringComparison.Ordinal))
        {
            oldPath = PathIn(line);
            return null;
        }

        if (line.StartsWith("+++ ", StringComparison.Ordinal))
            return new DiffLine(DiffKind.File, line == "+++ /dev/null" ? oldPath : PathIn(line));
        return line switch
        {
            "" => null,
            ['@', '@', ..] => new DiffLine(DiffKind.Hunk, line),
            ['+', .. var text] => new DiffLine(DiffKind.Added, text), // of a plan that was never worked out against its document: no numbers
            ['-', .. var text] => new DiffLine(DiffKind.Removed, text),
            _ => new DiffLine(DiffKind.Same, line),
        };
    }

    private static string PathIn(string line) => line.Length > 6 && line[5] == '/' && line[4] is 'a' or 'b' ? line[6..] : line[4..];

    private static int Number(Group group, int fallback) => int.TryParse(group.ValueSpan, out var number) ? number : fallback;

    [GeneratedRegex(@"^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Hunk();

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct HunkPosition(int Old, int OldLeft, int New, int NewLeft)
    {
        public bool IsInHunk => OldLeft > 0 || NewLeft > 0;
    }
}
