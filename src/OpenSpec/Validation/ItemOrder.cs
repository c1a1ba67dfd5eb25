namespace OpenSpec.Validation;

/// <summary>
/// The order of items in reports: like ICU's root collation for ASCII (punctuation, digits, letters; case only breaks ties, lower before
/// upper), by code unit for everything else.
/// </summary>
internal static class ItemOrder
{
    private const string Punctuation = "_-,;:!?./'\"()[]{}@*\\&#%`^+<=>|~$";

    /// <summary>Compares ids.</summary>
    public static IComparer<string> Comparer { get; } = Comparer<string>.Create(Compare);

    private static int Compare(string a, string b)
    {
        var length = Math.Min(a.Length, b.Length);
        for (var i = 0; i < length; i++)
        {
            var difference = Primary(a[i]) - Primary(b[i]);
            if (difference != 0)
                return difference;
        }

        if (a.Length != b.Length)
            return a.Length - b.Length;
        for (var i = 0; i < length; i++)
        {
            if (a[i] != b[i])
                return b[i] - a[i];
        }

        return 0;
    }

    private static int Primary(char c)
    {
        if (c == ' ')
            return 1;
        if (char.IsAsciiDigit(c))
            return 100 + (c - '0');
        if (char.IsAsciiLetter(c))
            return 200 + ((c | 0x20) - 'a');
        var at = Punctuation.IndexOf(c, StringComparison.Ordinal);
        return at >= 0 ? 10 + at : 1000 + c;
    }
}
