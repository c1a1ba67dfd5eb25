using System.Text.RegularExpressions;

namespace McpOrchestrator.Agents.Librarian.Passages;

/// <summary>Cuts Markdown into passages: each requirement, each scenario, and each section in parts of a size that can be quoted.</summary>
internal static partial class MarkdownPassages
{
    private const int WantedLength = 900; // characters; a block that is longer on its own stays whole
    private const int LongestPassage = 6000;

    /// <summary>The passages of one document in their order.</summary>
    /// <param name="text">The document with <c>\n</c> or <c>\r\n</c> line ends.</param>
    /// <param name="subject">What the whole document is about, from its path.</param>
    internal static IReadOnlyList<Passage> Split(string text, string subject)
    {
        var splitter = new Splitter(text.Split('\n'), subject);
        return splitter.Run();
    }

    private sealed class Splitter(string[] lines, string subject)
    {
        private readonly List<Passage> _passages = [];
        private readonly List<(int Level, string Title)> _headings = [];
        private readonly List<(int From, int To)> _blocks = [];
        private int _headingLine = -1;

        internal List<Passage> Run()
        {
            var at = SkipFrontMatter();
            while (at < lines.Length)
            {
                var line = Line(at);
                if (HeadingPattern().Match(line) is { Success: true } heading)
                {
                    EndSection();
                    var level = heading.Groups[1].Length;
                    _headings.RemoveAll(h => h.Level >= level);
                    _headings.Add((level, heading.Groups[2].Value.Trim()));
                    _headingLine = at++;
                }
                else if (line.AsSpan().IsWhiteSpace())
                {
                    at++;
                }
                else
                {
                    var end = EndOfBlock(at);
                    if (!IsComment(at)) _blocks.Add((at, end));
                    at = end;
                }
            }

            EndSection();
            return _passages;
        }

        private string Line(int at) => lines[at].EndsWith('\r') ? lines[at][..^1] : lines[at];

        private int SkipFrontMatter()
        {
            if (lines.Length == 0 || Line(0) != "---") return 0;
            for (var i = 1; i < lines.Length; i++)
            {
                if (Line(i) is "---" or "...") return i + 1;
            }

            return 0;
        }

        private bool IsComment(int at) => Line(at).TrimStart().StartsWith("<!--", StringComparison.Ordinal);

        /// <summary>A block: a fence to its end, a comment to its end, or lines up to a blank line or heading.</summary>
        private int EndOfBlock(int at)
        {
            var first = Line(at).TrimStart();
            if (first.StartsWith("```", StringComparison.Ordinal) || first.StartsWith("~~~", StringComparison.Ordinal))
                return EndAfter(at + 1, l => l.TrimStart().StartsWith(first[..3], StringComparison.Ordinal));
            if (first.StartsWith("<!--", StringComparison.Ordinal)) return EndAfter(at, l => l.Contains("-->", StringComparison.Ordinal));
            var end = at + 1;
            while (end < lines.Length && !Line(end).AsSpan().IsWhiteSpace() && !HeadingPattern().IsMatch(Line(end))
                   && !Line(end).TrimStart().StartsWith("```", StringComparison.Ordinal)) end++;
            return end;
        }

        private int EndAfter(int from, Func<string, bool> isLast)
        {
            for (var i = from; i < lines.Length; i++)
            {
                if (isLast(Line(i))) return i + 1;
            }

            return lines.Length;
        }

        private void EndSection()
        {
            if (_headings.Count > 0 && Named(_headings[^1].Title) is var (kind, name) && kind != PassageKind.Section) AddNamed(kind, name);
            else AddParts();
            _blocks.Clear();
            _headingLine = -1;
        }

        /// <summary>A requirement or scenario is one passage, heading included, unless it is longer than anybody would quote.</summary>
        private void AddNamed(PassageKind kind, string name)
        {
            if (_headingLine < 0) return;
            var end = _blocks.Count > 0 ? _blocks[^1].To : _headingLine + 1;
            var passage = Cut(kind, name, _headingLine, end);
            if (passage.Text.Length <= LongestPassage) _passages.Add(passage);
            else AddParts();
        }

        /// <summary>A section becomes one passage, or several when it is long. A heading without text is none.</summary>
        private void AddParts()
        {
            var title = _headings.Count > 0 ? Named(_headings[^1].Title).Name : "";
            for (var i = 0; i < _blocks.Count;)
            {
                var from = i == 0 && _headingLine >= 0 ? _headingLine : _blocks[i].From;
                var length = 0;
                var end = i;
                do length += Length(_blocks[end++]);
                while (end < _blocks.Count && length + Length(_blocks[end]) <= WantedLength);
                var passage = Cut(PassageKind.Section, title, from, _blocks[end - 1].To);
                if (passage.Text.Length <= LongestPassage) _passages.Add(passage);
                else AddLines(title, from, _blocks[end - 1].To);
                i = end;
            }
        }

        /// <summary>One enormous block (a table, a log) is cut by lines.</summary>
        private void AddLines(string title, int from, int to)
        {
            for (var i = from; i < to;)
            {
                var length = 0;
                var end = i;
                do length += lines[end++].Length;
                while (end < to && length + lines[end].Length <= WantedLength);
                if (length <= LongestPassage) _passages.Add(Cut(PassageKind.Section, title, i, end));
                i = end;
            }
        }

        private int Length((int From, int To) block)
        {
            var length = 0;
            for (var i = block.From; i < block.To; i++) length += lines[i].Length + 1;
            return length;
        }

        private Passage Cut(PassageKind kind, string title, int from, int to)
        {
            var outer = _headings.Count > 1 ? _headings.Take(_headings.Count - 1).Select(h => Named(h.Title).Name) : [];
            var context = string.Join(" / ", outer.Prepend(subject).Where(s => s.Length > 0));
            return new Passage(kind, from + 1, to, title, context, string.Join('\n', Enumerable.Range(from, to - from).Select(Line)));
        }
    }

    private static (PassageKind Kind, string Name) Named(string heading)
    {
        if (heading.StartsWith("Requirement:", StringComparison.OrdinalIgnoreCase)) return (PassageKind.Requirement, heading["Requirement:".Length..].Trim());
        if (heading.StartsWith("Scenario:", StringComparison.OrdinalIgnoreCase)) return (PassageKind.Scenario, heading["Scenario:".Length..].Trim());
        return (PassageKind.Section, heading);
    }

    [GeneratedRegex(@"^ {0,3}(#{1,6})\s+(.+?)\s*#*\s*$")]
    private static partial Regex HeadingPattern();
}
