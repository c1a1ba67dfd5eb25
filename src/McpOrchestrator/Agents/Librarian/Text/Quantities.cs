using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace McpOrchestrator.Agents.Librarian.Text;

/// <summary>What a number measures.</summary>
[Flags]
internal enum Dimension
{
    None = 0,
    Time = 1,
    Size = 2,
    Share = 4,
    Rate = 8,

    /// <summary>So many of something: "5 retries".</summary>
    Count = 16,
    Any = Time | Size | Share | Rate | Count,
}

/// <summary>Finds numbers with a unit in text: the form that answers to "how long", "how many" and "what limit" have.</summary>
internal static partial class Quantities
{
    private static readonly FrozenDictionary<string, Dimension> s_units = Units();

    private static readonly FrozenSet<string> s_numberWords =
        "one two three four five six seven eight nine ten eleven twelve fifteen twenty thirty forty fifty sixty ninety hundred thousand once twice half"
            .Split(' ').ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    // Numbers that name something instead of measuring it.
    private static readonly FrozenSet<string> s_labels =
        "rfc http status port version step section chapter rule issue pr table figure error code iso level tls ipv utf sha line page appendix item phase v slice task part note example exit signal node row column wave round pass draft revision schema slot"
            .Split(' ').ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>The dimensions of all quantities in a text.</summary>
    internal static Dimension In(string text)
    {
        var found = Dimension.None;
        foreach (Match match in NumberPattern().Matches(text)) found |= DimensionOf(text, match);
        return found;
    }

    /// <summary>Stems of what is counted: "5 failed sign-ins" gives fail.</summary>
    internal static IEnumerable<string> CountedIn(string text)
    {
        foreach (Match match in NumberPattern().Matches(text))
        {
            if (DimensionOf(text, match).HasFlag(Dimension.Count) && match.Groups["unit"].Value is { Length: > 0 } unit) yield return Words.StemOf(unit);
        }
    }

    private static Dimension DimensionOf(string text, Match match)
    {
        var number = match.Groups["n"].Value;
        var isWord = char.IsLetter(number[0]);
        if (!isWord && IsNumbering(text, match)) return Dimension.None;
        if (isWord && !s_numberWords.Contains(number)) return Dimension.None;
        if (s_labels.Contains(match.Groups["before"].Value)) return Dimension.None;
        if (number is "once" or "twice") return Dimension.Count;
        var unit = match.Groups["unit"].Value;
        if (match.Groups["percent"].Success) return Dimension.Share;
        if (!s_units.TryGetValue(unit, out var dimension))
            return number.Contains('.') ? Dimension.None : // 1.1 of nothing measurable is the number of a part
                 unit.Length > 0 && !StopWords.Contains(Words.StemOf(unit)) && (!isWord || number is not ("one" or "half")) ? Dimension.Count : Dimension.None;
        if (match.Groups["per"].Success && dimension != Dimension.Time) return Dimension.Rate | dimension;
        return dimension;
    }

    // "3. Wait", "- [x] 2.1 Add": the number of an item at the start of its line.
    private static bool IsNumbering(string text, Match match)
    {
        var start = match.Groups["n"].Index;
        var line = text.LastIndexOf('\n', Math.Max(0, start - 1)) + 1;
        return start >= line && text.AsSpan(line, start - line).Trim("-*+ \t[]xX#>".AsSpan()).IsEmpty && start > line - 1
            && (start > line || match.Groups["unit"].Value is { Length: > 0 } unit && char.IsUpper(unit[0]));
    }

    private static FrozenDictionary<string, Dimension> Units()
    {
        var units = new Dictionary<string, Dimension>(StringComparer.OrdinalIgnoreCase);
        Add(Dimension.Time, "ms millisecond milliseconds msec s sec secs second seconds min mins minute minutes h hr hrs hour hours day days week weeks month months year years µs us microseconds");
        Add(Dimension.Size, "b byte bytes kb kib mb mib gb gib tb tib kilobyte kilobytes megabyte megabytes gigabyte gigabytes terabytes characters character chars pixels px");
        Add(Dimension.Share, "percent percentage");
        Add(Dimension.Rate, "rps qps hz rpm kbps mbps gbps");
        return units.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

        void Add(Dimension dimension, string names)
        {
            foreach (var name in names.Split(' ')) units[name] = dimension;
        }
    }

    // Letters right before a digit make a name (p95, v2, SHA256); a dot or hyphen after it a version or a date.
    [GeneratedRegex(
        @"(?:(?<before>[A-Za-z]+)[\s#]{1,3})?(?<![\w.\-/])(?<n>\d[\d,. ]{0,12}(?<=\d)|[A-Za-z]{3,8})(?![\d.]\d|-\d|:\d)(?:(?<percent>\s?%)|[\s\-]?(?<unit>[A-Za-zµ]+)?)(?<per>\s(?:per|a|an|each|every)\s|/)?",
        RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NumberPattern();
}
