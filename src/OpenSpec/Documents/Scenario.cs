namespace OpenSpec.Documents;

/// <summary>A level-4 header inside a requirement and the text below it, up to the next header of level 4 or above.</summary>
public sealed class Scenario
{
    private readonly TextDocument _document;

    internal Scenario(TextDocument document, string name, int headerLine, int endLine)
    {
        _document = document;
        Name = name;
        Header = document.GetLineSpan(headerLine + 1);
        Span = document.SpanOfLines(headerLine, endLine);
        HasBody = Span.End > Header.End;
    }

    /// <summary>The header's text without <c>Scenario:</c> and closing hashes, trimmed.</summary>
    public string Name { get; }

    /// <summary>The header line.</summary>
    public SourceSpan Header { get; }

    /// <summary>Header and body, up to the last non-blank character.</summary>
    public SourceSpan Span { get; }

    /// <summary>Whether there is text below the header. A header alone is not a scenario for validation.</summary>
    public bool HasBody { get; }

    /// <summary>The steps: the text below the header with LF line ends, without blank lines around it.</summary>
    public string Body => HasBody
        ? Parsing.EcmaText.Trim(Parsing.EcmaText.NormalizeLineEnds(_document.Text.AsSpan(Header.End, Span.End - Header.End)))
        : "";

    /// <inheritdoc/>
    public override string ToString() => $"{Name} (line {Header.Line})";
}
