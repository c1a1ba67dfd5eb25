using System.Text;

namespace OpenSpec.Parsing;

/// <summary>How requirement names are compared.</summary>
internal static class Names
{
    /// <summary>
    /// The key under which a parsed name is looked up. Normalising is applied to the parsed, already normalised name once more: of a
    /// heading with two closing runs the original compares without both.
    /// </summary>
    public static string Key(string name)
    {
        var key = Headers.NormalizeName(name);
        return key.Length == name.Length ? name : key.ToString();
    }

    /// <summary>Lower case with every run of blanks as one space: equal for names that only a typing mistake can tell apart.</summary>
    public static string Fold(string name)
    {
        var text = Headers.NormalizeName(name);
        var lower = Lower(text);
        if (!HasIrregularSpace(lower))
            return lower;
        var result = new StringBuilder(text.Length);
        var wasSpace = false;
        foreach (var c in lower)
        {
            var isSpace = EcmaText.IsSpace(c);
            if (!isSpace)
                result.Append(c);
            else if (!wasSpace)
                result.Append(' ');
            wasSpace = isSpace;
        }

        return result.ToString();
    }

    /// <summary>Whether there is any blank but single spaces.</summary>
    private static bool HasIrregularSpace(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (EcmaText.IsSpace(text[i]) && (text[i] != ' ' || (i > 0 && text[i - 1] == ' ')))
                return true;
        }

        return false;
    }

    /// <summary>ECMAScript's toLowerCase: simple mapping, and the two special ones that do not depend on a language.</summary>
    private static string Lower(ReadOnlySpan<char> text)
    {
        var lower = text.ToString().ToLowerInvariant();
        if (lower.AsSpan().IndexOfAny('\u0130', '\u03c3') < 0)
            return lower;
        var result = new StringBuilder(lower.Length + 4);
        for (var i = 0; i < lower.Length; i++)
        {
            if (lower[i] == '\u0130')
                result.Append("i\u0307");
            else if (text[i] == '\u03a3' && IsFinal(lower, i))
                result.Append('\u03c2');
            else
                result.Append(lower[i]);
        }

        return result.ToString();
    }

    /// <summary>Whether a sigma ends a word: a letter before it and none after it.</summary>
    private static bool IsFinal(string text, int index) =>
        index > 0 && char.IsLetter(text[index - 1]) && (index + 1 == text.Length || !char.IsLetter(text[index + 1]));
}
