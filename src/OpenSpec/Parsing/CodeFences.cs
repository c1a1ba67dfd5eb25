using OpenSpec.Documents;

namespace OpenSpec.Parsing;

/// <summary>Which lines belong to fenced code blocks: headers in them are text.</summary>
internal static class CodeFences
{
    public static bool[] Mask(TextDocument document)
    {
        var mask = new bool[document.LineCount];
        var scanner = default(FenceScanner);
        for (var i = 0; i < mask.Length; i++)
            mask[i] = scanner.Next(document.At(i));
        return mask;
    }
}

/// <summary>Tells line by line whether it is fenced: opening, inner and closing lines are.</summary>
internal struct FenceScanner
{
    private char _marker;
    private int _length;

    public readonly bool IsOpen => _length > 0;

    public bool Next(ReadOnlySpan<char> line)
    {
        var at = EcmaText.SkipSpace(line, 0);
        var run = RunLength(line, at);
        if (_length == 0)
        {
            if (run < 3)
                return false;
            _marker = line[at];
            _length = run;
            return true;
        }

        if (run >= _length && line[at] == _marker && EcmaText.IsBlank(line[(at + run)..]))
            _length = 0;
        return true;
    }

    private static int RunLength(ReadOnlySpan<char> line, int at)
    {
        if (at >= line.Length || line[at] is not ('`' or '~'))
            return 0;
        var end = at + 1;
        while (end < line.Length && line[end] == line[at])
            end++;
        return end - at;
    }
}
