using System.Globalization;

namespace OpenSpec.Editing;

/// <summary>Task numbers that are free.</summary>
internal static class TaskNumbers
{
    /// <summary>
    /// The number itself when it is free; otherwise one more than the highest that differs from it only in its last part.
    /// </summary>
    public static string NextFree(string number, IEnumerable<string?> used)
    {
        var taken = used.OfType<string>().ToHashSet(StringComparer.Ordinal);
        if (!taken.Contains(number))
            return number;
        var prefix = number[..(number.LastIndexOf('.') + 1)];
        var highest = taken.Where(t => t.StartsWith(prefix, StringComparison.Ordinal)).Select(t => Last(t[prefix.Length..])).DefaultIfEmpty(0).Max();
        return prefix + (highest + 1).ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>The leading digits of the last part; 0 for a part that goes deeper or is too large to count on.</summary>
    private static long Last(string rest)
    {
        var end = rest.AsSpan().IndexOfAnyExceptInRange('0', '9');
        var digits = end < 0 ? rest : rest[..end];
        return long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number < int.MaxValue ? number : 0;
    }
}
