using System.Text;

namespace Workflow.Review.ModelBacked;

/// <summary>
/// Finds what a model quotes in the text that it was given: verbatim, or but for blanks, quotation marks, dashes and the number of the line. Gives the
/// text as it stands there; what is not there is no quote.
/// </summary>
internal static class QuoteFinder
{
    // Fewer letters and digits could be found anywhere.
    private const int FewestLetters = 3;

    /// <summary>The quoted text on one line, and that line; null when it is not there.</summary>
    /// <param name="lines">Lines of the section.</param>
    /// <param name="quote">What the model says.</param>
    /// <param name="hint">The line that it names, from 1: of several matches the nearest counts.</param>
    public static (string Quote, int Line)? Find(IReadOnlyList<string> lines, string quote, int? hint)
    {
        var wanted = Fold(FirstLine(quote)).Text;
        if (wanted.Count(char.IsLetterOrDigit) < FewestLetters)
            return null;
        (string, int)? best = null;
        var distance = int.MaxValue;
        for (var i = 0; i < lines.Count; i++)
        {
            var away = Math.Abs(i + 1 - (hint ?? 1));
            if (away >= distance)
                continue;
            var (folded, places) = Fold(lines[i]);
            var at = folded.IndexOf(wanted, StringComparison.Ordinal);
            if (at < 0)
                continue;
            var end = places[at + wanted.Length - 1] + 1;
            (best, distance) = ((lines[i][places[at]..end], i + 1), away);
        }

        return best;
    }

    private static string FirstLine(string quote)
    {
        var text = quote.Trim().Trim('`', '"', '“', '”').Trim();
        var end = text.AsSpan().IndexOfAny('\n', '\r');
        var line = end < 0 ? text : text[..end];
        // "12| text": the number that we put there ourselves
        var bar = line.IndexOf('|', StringComparison.Ordinal);
        return bar is > 0 and < 6 && line.AsSpan(0, bar).IndexOfAnyExceptInRange('0', '9') < 0 ? line[(bar + 1)..].Trim() : line;
    }

    // Runs of blanks as one, marks of one meaning as one, lower case; with the place of each character.
    private static (string Text, List<int> Places) Fold(string text)
    {
        var folded = new StringBuilder(text.Length);
        var places = new List<int>(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i] switch
            {
                '\u2018' or '\u2019' or '\u02BC' => '\'',
                '\u201C' or '\u201D' or '\u201E' => '"',
                '\u2010' or '\u2011' or '\u2012' or '\u2013' or '\u2014' or '\u2212' => '-',
                var other => char.IsWhiteSpace(other) ? ' ' : char.ToLowerInvariant(other),
            };
            if (c == ' ' && (folded.Length == 0 || folded[^1] == ' '))
                continue;
            folded.Append(c);
            places.Add(i);
        }

        while (folded.Length > 0 && folded[^1] == ' ')
        {
            folded.Length--;
            places.RemoveAt(places.Count - 1);
        }

        return (folded.ToString(), places);
    }
}
