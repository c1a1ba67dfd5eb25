using OpenSpec.Documents;

namespace OpenSpec.Parsing;

/// <summary>Finds the lines of a text.</summary>
internal static class LineReader
{
    /// <summary>Lines as most readers of the format see them: any line end, no byte order mark.</summary>
    public static TextDocument ReadAny(string text)
    {
        var start = text.Length > 0 && text[0] == '\ufeff' ? 1 : 0;
        var lines = new LineTable(text.Length);
        while (true)
        {
            var at = text.AsSpan(start).IndexOfAny('\n', '\r');
            if (at < 0)
                break;
            var end = start + at;
            lines.Add(start, end);
            start = text[end] == '\r' && end + 1 < text.Length && text[end + 1] == '\n' ? end + 2 : end + 1;
        }

        lines.Add(start, text.Length);
        return lines.ToDocument(text);
    }

    /// <summary>Lines as the task reader sees them: split at LF only, so a CR stays at the line's end and a byte order mark at its start.</summary>
    public static TextDocument ReadLineFeeds(string text)
    {
        var lines = new LineTable(text.Length);
        var start = 0;
        while (true)
        {
            var at = text.AsSpan(start).IndexOf('\n');
            if (at < 0)
                break;
            lines.Add(start, start + at);
            start += at + 1;
        }

        lines.Add(start, text.Length);
        return lines.ToDocument(text);
    }

    private struct LineTable(int length)
    {
        private int[] _starts = new int[(length / 48) + 8];
        private int[] _ends = new int[(length / 48) + 8];
        private int _count;

        public void Add(int start, int end)
        {
            if (_count == _starts.Length)
            {
                Array.Resize(ref _starts, _count * 2);
                Array.Resize(ref _ends, _count * 2);
            }

            _starts[_count] = start;
            _ends[_count++] = end;
        }

        public TextDocument ToDocument(string text)
        {
            Array.Resize(ref _starts, _count);
            Array.Resize(ref _ends, _count);
            return TextDocument.Create(text, _starts, _ends);
        }
    }
}
