using OpenSpec.Documents;
using OpenSpec.Parsing;

namespace OpenSpec.Validation;

/// <summary>Something in a main spec that hides requirements from its readers.</summary>
internal sealed record StructureIssue(string Rule, int Line, string Message, string? Requirement);

/// <summary>Rules S7 to S9. A byte order mark is not stripped here: a header behind it is none.</summary>
internal static class SpecStructure
{
    public static List<StructureIssue> Find(TextDocument document)
    {
        var issues = new List<StructureIssue>();
        var (header, end) = FindSection(document);
        Dictionary<string, int>? lines = null;
        for (var i = document.HasByteOrderMark ? 1 : 0; i < document.LineCount; i++)
        {
            var line = document.At(i);
            if (line.Length < 3 || line[0] != '#' || line[1] != '#' || document.IsFenced(i))
                continue;
            if (IsDeltaHeader(line))
                issues.Add(new("S7", i + 1, $"\"{EcmaText.Trim(line)}\" is a delta header; in a main spec it cuts off the requirements section. Remove it.", null));
            else if (Headers.TrySpacedRequirement(line, out var name))
                CheckRequirement(i, name.ToString(), header >= 0 && i > header && i < end, lines ??= new(StringComparer.Ordinal), issues);
        }

        return issues;
    }

    private static void CheckRequirement(int index, string name, bool isInside, Dictionary<string, int> lines, List<StructureIssue> issues)
    {
        if (!isInside)
            issues.Add(new("S8", index + 1, $"The requirement \"{name}\" stands outside the section \"## Requirements\", so nothing reads it. Move it there.", name));
        else if (!lines.TryAdd(name, index + 1))
            issues.Add(new("S9", index + 1, $"The requirement \"{name}\" is declared on line {lines[name]} already. Keep one of the two, or give one another name.", name));
    }

    private static (int Header, int End) FindSection(TextDocument document)
    {
        var header = -1;
        for (var i = document.HasByteOrderMark ? 1 : 0; i < document.LineCount; i++)
        {
            var line = document.At(i);
            if (Headers.Level(line) != 2 || document.IsFenced(i))
                continue;
            if (header >= 0)
                return (header, i);
            if (RequirementsSection.IsHeader(line))
                header = i;
        }

        return (header, document.LineCount);
    }

    /// <summary><c>^##\s+(ADDED|MODIFIED|REMOVED|RENAMED)\s+Requirements\s*$</c>, ignoring case.</summary>
    private static bool IsDeltaHeader(ReadOnlySpan<char> line)
    {
        if (Headers.Level(line) != 2)
            return false;
        var title = EcmaText.Trim(line[2..]);
        var end = 0;
        while (end < title.Length && !EcmaText.IsSpace(title[end]))
            end++;
        var word = title[..end];
        return EcmaText.EqualsIgnoreAsciiCase(EcmaText.TrimStart(title[end..]), "Requirements")
            && (EcmaText.EqualsIgnoreAsciiCase(word, "ADDED") || EcmaText.EqualsIgnoreAsciiCase(word, "MODIFIED")
                || EcmaText.EqualsIgnoreAsciiCase(word, "REMOVED") || EcmaText.EqualsIgnoreAsciiCase(word, "RENAMED"));
    }
}
