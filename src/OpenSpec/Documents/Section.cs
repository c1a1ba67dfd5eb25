using OpenSpec.Parsing;

namespace OpenSpec.Documents;

/// <summary>A header and everything below it up to the next header of the same or a higher level.</summary>
public sealed class Section
{
    private readonly TextDocument _document;
    private readonly List<Section> _children = [];

    internal Section(TextDocument document, int level, string title, int line)
    {
        _document = document;
        Level = level;
        Title = title;
        HeaderLine = line;
        EndLine = document.LineCount;
    }

    /// <summary>1 to 6: the number of hashes.</summary>
    public int Level { get; }

    /// <summary>The header's text, trimmed. Closing hashes stay in it.</summary>
    public string Title { get; }

    /// <summary>The header line.</summary>
    public SourceSpan Header => _document.GetLineSpan(HeaderLine + 1);

    /// <summary>Header and content, up to the last non-blank character.</summary>
    public SourceSpan Span => _document.SpanOfLines(HeaderLine, EndLine);

    /// <summary>The lines below the header from the first to the last non-blank one; empty, at the end of the header, when there are none.</summary>
    public SourceSpan ContentSpan
    {
        get
        {
            var first = HeaderLine + 1;
            while (first < EndLine && EcmaText.IsBlank(_document.At(first)))
                first++;
            if (first >= EndLine)
                return new(Header.End, 0, Header.Line, Header.Length + 1);
            return _document.SpanOfLines(first, EndLine);
        }
    }

    /// <summary>The content, sub-headers included, with LF line ends, trimmed.</summary>
    public string Content => EcmaText.Trim(_document.JoinLines(HeaderLine + 1, EndLine));

    /// <summary>Whether the content has any non-blank text.</summary>
    public bool HasContent
    {
        get
        {
            for (var i = HeaderLine + 1; i < EndLine; i++)
            {
                if (!EcmaText.IsBlank(_document.At(i)))
                    return true;
            }

            return false;
        }
    }

    /// <summary>The sections directly below this one.</summary>
    public IReadOnlyList<Section> Children => _children;

    internal int HeaderLine { get; }

    internal int EndLine { get; set; }

    internal void Add(Section child) => _children.Add(child);

    /// <inheritdoc/>
    public override string ToString() => $"{new string('#', Level)} {Title} (line {HeaderLine + 1})";
}
