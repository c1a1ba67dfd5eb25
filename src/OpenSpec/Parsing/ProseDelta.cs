using System.Text.RegularExpressions;
using OpenSpec.Documents;

namespace OpenSpec.Parsing;

/// <summary>A bullet of "What Changes" that names a capability, <c>- **capability:** what happens to it</c>: the form of changes without delta specs.</summary>
/// <param name="Capability">The name between the asterisks, trimmed.</param>
/// <param name="Operation">What the words of the description make of it.</param>
/// <param name="Description">The text behind it, trimmed.</param>
internal sealed partial record ProseDelta(string Capability, DeltaOperation Operation, string Description)
{
    /// <summary>Reads every line; what is no such bullet is passed over.</summary>
    public static IReadOnlyList<ProseDelta> ReadAll(string content)
    {
        var deltas = new List<ProseDelta>();
        foreach (var line in content.Split('\n'))
        {
            if (Read(line) is { } delta)
                deltas.Add(delta);
        }

        return deltas;
    }

    /// <summary>ECMAScript <c>^\s*-\s*\*\*([^*:]+)(?::\*\*|\*\*:)\s*(.+)$</c>, by hand, because its <c>\s</c> and <c>.</c> are not those of .NET.</summary>
    private static ProseDelta? Read(string line)
    {
        var at = EcmaText.SkipSpace(line, 0);
        if (at >= line.Length || line[at] != '-')
            return null;
        at = EcmaText.SkipSpace(line, at + 1);
        if (string.CompareOrdinal(line, at, "**", 0, 2) != 0)
            return null;
        var name = line.AsSpan(at + 2);
        var end = name.IndexOfAny('*', ':');
        if (end <= 0)
            return null;
        var rest = name[end..];
        if (!rest.StartsWith(":**") && !rest.StartsWith("**:"))
            return null;
        rest = rest[3..];
        var text = EcmaText.TrimStart(rest);
        var isText = text.Length > 0 ? EcmaText.IsDotRun(text) : rest.Length > 0 && !EcmaText.IsParagraphBreak(rest[^1]);
        if (!isText)
            return null;
        var description = EcmaText.Trim(text).ToString();
        return new(EcmaText.Trim(name[..end]).ToString(), OperationOf(description), description);
    }

    private static DeltaOperation OperationOf(string description)
    {
        if (Renaming().IsMatch(description))
            return DeltaOperation.Renamed;
        if (Adding().IsMatch(description))
            return DeltaOperation.Added;
        return Removing().IsMatch(description) ? DeltaOperation.Removed : DeltaOperation.Modified;
    }

    [GeneratedRegex(@"\brename(s|d|ing)?\b", RegexOptions.ECMAScript | RegexOptions.IgnoreCase)]
    private static partial Regex Renaming();

    [GeneratedRegex(@"\b(add(s|ed|ing)?|create(s|d|ing)?|new)\b", RegexOptions.ECMAScript | RegexOptions.IgnoreCase)]
    private static partial Regex Adding();

    [GeneratedRegex(@"\b(remove(s|d|ing)?|delete(s|d|ing)?)\b", RegexOptions.ECMAScript | RegexOptions.IgnoreCase)]
    private static partial Regex Removing();
}
