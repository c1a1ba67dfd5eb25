using OpenSpec.Parsing;

namespace OpenSpec.Documents;

/// <summary>A document seen as a tree of headers: proposal, design, and one of the two readers of a main spec.</summary>
public sealed class MarkdownDocument
{
    private MarkdownDocument(TextDocument text, IReadOnlyList<Section> sections)
    {
        Source = text;
        Sections = sections;
    }

    /// <summary>The text and its lines.</summary>
    public TextDocument Source { get; }

    /// <summary>The top sections in order. A section of lower level may stand at the top when nothing above it has a smaller level.</summary>
    public IReadOnlyList<Section> Sections { get; }

    /// <summary>Reads a document. Any text is one.</summary>
    public static MarkdownDocument Parse(string text) => Parse(TextDocument.Parse(text));

    /// <summary>The first section with this title in document order, at any level, ignoring ASCII case; null when there is none.</summary>
    public Section? Find(string title) => Find(Sections, title);

    /// <summary>All sections in document order.</summary>
    public IEnumerable<Section> AllSections()
    {
        var pending = new Stack<Section>(Sections.Reverse());
        while (pending.TryPop(out var section))
        {
            yield return section;
            for (var i = section.Children.Count - 1; i >= 0; i--)
                pending.Push(section.Children[i]);
        }
    }

    internal static MarkdownDocument Parse(TextDocument text) => new(text, SectionReader.Read(text));

    private static Section? Find(IReadOnlyList<Section> sections, string title)
    {
        foreach (var section in sections)
        {
            if (EcmaText.EqualsIgnoreAsciiCase(section.Title, title))
                return section;
            if (Find(section.Children, title) is { } child)
                return child;
        }

        return null;
    }
}
