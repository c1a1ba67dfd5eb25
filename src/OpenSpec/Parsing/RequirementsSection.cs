using OpenSpec.Documents;

namespace OpenSpec.Parsing;

/// <summary>The block reader of main specs: the first <c>## Requirements</c> section and the requirement blocks in it.</summary>
internal sealed class RequirementsSection
{
    private RequirementsSection(TextDocument document) => Document = document;

    public TextDocument Document { get; }

    /// <summary>0-based line of the section's header; -1 when there is no such section.</summary>
    public int HeaderLine { get; private init; } = -1;

    /// <summary>0-based line after the section.</summary>
    public int EndLine { get; private init; }

    /// <summary>0-based line of the first requirement, or <see cref="EndLine"/>.</summary>
    public int FirstBlockLine { get; private init; }

    public IReadOnlyList<Requirement> Requirements { get; private init; } = [];

    public static RequirementsSection Read(TextDocument document)
    {
        var header = FindHeader(document);
        if (header < 0)
            return new(document);
        var end = header + 1;
        while (end < document.LineCount && (document.IsFenced(end) || Headers.Level(document.At(end)) != 2))
            end++;

        var requirements = new List<Requirement>();
        var block = -1;
        var name = "";
        var first = end;
        for (var i = header + 1; i < end; i++)
        {
            if (document.IsFenced(i) || !Headers.TryRequirement(document.At(i), out var found))
                continue;
            if (block >= 0)
                requirements.Add(new(document, name, block, i));
            else
                first = i;
            block = i;
            name = found.ToString();
        }

        if (block >= 0)
            requirements.Add(new(document, name, block, end));
        return new(document) { HeaderLine = header, EndLine = end, FirstBlockLine = first, Requirements = requirements };
    }

    /// <summary><c>^##\s+Requirements\s*$</c>, ignoring case.</summary>
    public static bool IsHeader(ReadOnlySpan<char> line) =>
        Headers.Level(line) == 2 && EcmaText.EqualsIgnoreAsciiCase(EcmaText.Trim(line[2..]), "Requirements");

    private static int FindHeader(TextDocument document)
    {
        for (var i = 0; i < document.LineCount; i++)
        {
            if (IsHeader(document.At(i)) && !document.IsFenced(i))
                return i;
        }

        return -1;
    }
}
