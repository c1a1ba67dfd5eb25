using OpenSpec.Parsing;

namespace OpenSpec.Documents;

/// <summary>
/// A text and where its lines are. The text is kept exactly as it was read; lines end at LF, CR LF or a lone CR, and a leading byte order
/// mark belongs to no line.
/// </summary>
public sealed class TextDocument
{
    private readonly int[] _starts;
    private readonly int[] _ends;
    private bool[]? _fenced;

    private TextDocument(string text, int[] starts, int[] ends)
    {
        Text = text;
        _starts = starts;
        _ends = ends;
    }

    /// <summary>The original text.</summary>
    public string Text { get; }

    /// <summary>Number of lines; at least 1. A text that ends with a line end has an empty last line.</summary>
    public int LineCount => _starts.Length;

    /// <summary>Whether the text begins with U+FEFF.</summary>
    public bool HasByteOrderMark => Text.Length > 0 && Text[0] == '\ufeff';

    /// <summary>Reads the lines of a text.</summary>
    public static TextDocument Parse(string text) => LineReader.ReadAny(text);

    /// <summary>The content of a line (1-based), without its line end.</summary>
    public ReadOnlySpan<char> GetLine(int line) => At(line - 1);

    /// <summary>The range of a line (1-based), without its line end.</summary>
    public SourceSpan GetLineSpan(int line) => new(_starts[line - 1], _ends[line - 1] - _starts[line - 1], line, 1);

    /// <summary>1-based line and column of an offset. An offset inside a line end belongs to the line that it ends.</summary>
    public (int Line, int Column) GetPosition(int offset)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Text.Length);
        var index = Array.BinarySearch(_starts, offset);
        if (index < 0)
            index = Math.Max(0, ~index - 1);
        return (index + 1, Math.Max(1, offset - _starts[index] + 1));
    }

    /// <summary>Offset of a 1-based line and column; a column past the end of the line gives the end of the line.</summary>
    public int GetOffset(int line, int column = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(line, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(line, LineCount);
        return Math.Min(_starts[line - 1] + Math.Max(0, column - 1), _ends[line - 1]);
    }

    /// <summary>The range between two offsets.</summary>
    public SourceSpan GetSpan(int start, int end)
    {
        var (line, column) = GetPosition(start);
        return new(start, end - start, line, column);
    }

    internal static TextDocument Create(string text, int[] starts, int[] ends) => new(text, starts, ends);

    internal ReadOnlySpan<char> At(int index) => Text.AsSpan(_starts[index], _ends[index] - _starts[index]);

    internal int StartOf(int index) => _starts[index];

    internal int EndOf(int index) => _ends[index];

    /// <summary>Whether a line (0-based) belongs to a fenced code block, fences included.</summary>
    internal bool IsFenced(int index) => (_fenced ??= CodeFences.Mask(this))[index];

    /// <summary>The range from the start of one line to the right-trimmed end of the last non-blank line before another.</summary>
    internal SourceSpan SpanOfLines(int first, int end)
    {
        var last = end - 1;
        while (last > first && EcmaText.IsBlank(At(last)))
            last--;
        var length = EcmaText.TrimEnd(At(last)).Length;
        return new(_starts[first], _starts[last] + length - _starts[first], first + 1, 1);
    }

    /// <summary>Lines joined by LF.</summary>
    internal string JoinLines(int first, int end) =>
        first >= end ? "" : EcmaText.NormalizeLineEnds(Text.AsSpan(_starts[first], _ends[end - 1] - _starts[first]));
}
