using System.Text;

namespace Workflow.Documents.Text;

/// <summary>What came of a merge.</summary>
internal abstract record MergeResult
{
    private MergeResult()
    {
    }

    internal sealed record Merged(string Text) : MergeResult;

    /// <summary>Both sides changed the same lines; <paramref name="Text"/> shows them between conflict marks. For people to read, never to be written.</summary>
    internal sealed record Conflicted(string Text, int Conflicts) : MergeResult;
}

/// <summary>
/// Three-way merge by lines (diff3). A change of one side is taken where the other left the lines alone; changes of the same lines, and
/// insertions at the same place, are a conflict unless both sides say the same.
/// </summary>
internal static class LineMerge
{
    public static MergeResult Merge(string @base, string ours, string theirs)
    {
        if (ours == theirs || @base == theirs)
            return new MergeResult.Merged(ours);
        if (@base == ours)
            return new MergeResult.Merged(theirs);
        var (o, a, b) = (TextLines.Split(@base), TextLines.Split(ours), TextLines.Split(theirs));
        return new Weave(o, a, b).Run(LineDiff.Compare(o, a), LineDiff.Compare(o, b));
    }

    private sealed class Weave(string[] o, string[] a, string[] b)
    {
        private readonly StringBuilder _text = new();
        private int _conflicts;

        public MergeResult Run(IReadOnlyList<LineChange> ours, IReadOnlyList<LineChange> theirs)
        {
            var (i, j, at) = (0, 0, 0);
            while (i < ours.Count || j < theirs.Count)
            {
                // A region of the base that at least one side changed, grown until no further change of either side overlaps it.
                var first = First(ours, i, theirs, j);
                var (start, end, firstOfOurs, firstOfTheirs) = (first.OldStart, first.OldEnd, i, j);
                for (var grown = true; grown;)
                {
                    grown = false;
                    for (; i < ours.Count && Overlaps(ours[i], start, end); i++, grown = true)
                        end = Math.Max(end, ours[i].OldEnd);
                    for (; j < theirs.Count && Overlaps(theirs[j], start, end); j++, grown = true)
                        end = Math.Max(end, theirs[j].OldEnd);
                }

                Append(o, at, start);
                AppendRegion(start, end, Side(ours, firstOfOurs, i, start, end, a), Side(theirs, firstOfTheirs, j, start, end, b), i > firstOfOurs, j > firstOfTheirs);
                at = end;
            }

            Append(o, at, o.Length);
            return _conflicts == 0 ? new MergeResult.Merged(_text.ToString()) : new MergeResult.Conflicted(_text.ToString(), _conflicts);
        }

        // Of two changes that begin at the same line an insertion comes first: it stands before that line.
        private static LineChange First(IReadOnlyList<LineChange> ours, int i, IReadOnlyList<LineChange> theirs, int j)
        {
            if (i == ours.Count || j == theirs.Count)
                return i == ours.Count ? theirs[j] : ours[i];
            var (a, b) = (ours[i], theirs[j]);
            return a.OldStart < b.OldStart || (a.OldStart == b.OldStart && a.OldCount == 0) ? a : b;
        }

        // Changes that merely touch leave no doubt about the order of the lines; two insertions at one place do.
        private static bool Overlaps(LineChange change, int start, int end) =>
            change.OldStart < end || (start == end && change.OldStart == start && change.OldCount == 0);

        private void AppendRegion(int start, int end, string[] ours, string[] theirs, bool oursChanged, bool theirsChanged)
        {
            if (!theirsChanged || (oursChanged && ours.AsSpan().SequenceEqual(theirs)))
                Append(ours, 0, ours.Length);
            else if (!oursChanged)
                Append(theirs, 0, theirs.Length);
            else
                AppendConflict(start, end, ours, theirs);
        }

        private void AppendConflict(int start, int end, string[] ours, string[] theirs)
        {
            _conflicts++;
            AppendPart("<<<<<<< the document as it is", ours);
            AppendPart("||||||| before", o[start..end]);
            AppendPart("=======", theirs);
            AppendPart(">>>>>>> the update", []);
        }

        private void AppendPart(string mark, string[] lines)
        {
            if (_text.Length > 0 && _text[^1] is not ('\n' or '\r'))
                _text.Append('\n');
            _text.Append(mark).Append('\n');
            Append(lines, 0, lines.Length);
        }

        // What one side has in place of the region: its changes, and the base between them.
        private string[] Side(IReadOnlyList<LineChange> changes, int first, int end, int regionStart, int regionEnd, string[] text)
        {
            if (first == end)
                return o[regionStart..regionEnd];
            var from = changes[first].NewStart - (changes[first].OldStart - regionStart);
            var to = changes[end - 1].NewEnd + (regionEnd - changes[end - 1].OldEnd);
            return text[from..to];
        }

        private void Append(string[] lines, int from, int to)
        {
            for (var i = from; i < to; i++)
                _text.Append(lines[i]);
        }
    }
}
