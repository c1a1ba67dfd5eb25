using OpenSpec.Parsing;

namespace OpenSpec.Documents;

/// <summary>A requirement block: a <c>### Requirement: NAME</c> header with everything up to the next requirement or section.</summary>
public sealed class Requirement
{
    private readonly TextDocument _document;
    private readonly StatementReader.Result _statement;

    internal Requirement(TextDocument document, string name, int headerLine, int endLine)
    {
        _document = document;
        HeaderLine = headerLine;
        EndLine = endLine;
        Name = name;
        Header = document.GetLineSpan(headerLine + 1);
        Span = document.SpanOfLines(headerLine, endLine);
        _statement = StatementReader.Read(document, headerLine + 1, endLine);
        Scenarios = ScenarioReader.Read(document, headerLine + 1, endLine);
    }

    /// <summary>The name: without the heading's closing hashes, trimmed. May be empty (a header that has only blanks as its name).</summary>
    public string Name { get; }

    /// <summary>The header line.</summary>
    public SourceSpan Header { get; }

    /// <summary>The whole block from its header to its last non-blank character.</summary>
    public SourceSpan Span { get; }

    /// <summary>
    /// The statement: the lines before the first header of the block, without blank lines, fenced code and <c>**Key**:</c> lines (those
    /// count when there is nothing else), each trimmed, joined by LF. Empty when there is none.
    /// </summary>
    public string Body => _statement.ToText(_document);

    /// <summary>From the first to the last line of the statement; null when there is none.</summary>
    public SourceSpan? BodySpan => _statement.ToSpan(_document);

    /// <summary>Whether the statement holds SHALL or MUST as an upper-case word.</summary>
    public bool HasKeyword => _statement.HasKeyword;

    /// <summary>The level-4 headers of the block in order, including those without a body (which validation does not count).</summary>
    public IReadOnlyList<Scenario> Scenarios { get; }

    /// <summary>The block's text with LF line ends, right-trimmed.</summary>
    public string Text => EcmaText.NormalizeLineEnds(_document.Text.AsSpan(Span.Start, Span.Length));

    /// <summary>Number of scenarios that have a body.</summary>
    public int ScenarioCount
    {
        get
        {
            var count = 0;
            foreach (var scenario in Scenarios)
                count += scenario.HasBody ? 1 : 0;
            return count;
        }
    }

    internal int HeaderLine { get; }

    internal int EndLine { get; }

    internal bool HasBody => _statement.LineCount > 0;

    /// <inheritdoc/>
    public override string ToString() => $"{Name} (line {HeaderLine + 1})";
}
