using System.Security.Cryptography;
using System.Text;

namespace OpenSpec.Editing;

/// <summary>Replaces a range of a text. It says what it expects to find there, so that it can never be applied to another text by mistake.</summary>
/// <param name="Start">UTF-16 offset.</param>
/// <param name="ExpectedText">What stands there now; empty for an insertion.</param>
/// <param name="NewText">What shall stand there.</param>
public sealed record TextEdit(int Start, string ExpectedText, string NewText)
{
    /// <summary>Length of the replaced range in UTF-16 units.</summary>
    public int Length => ExpectedText.Length;

    /// <summary>Offset after the replaced range.</summary>
    public int End => Start + ExpectedText.Length;
}

/// <summary>What came of applying edits.</summary>
public abstract record EditOutcome
{
    private EditOutcome()
    {
    }

    /// <summary>All edits were applied.</summary>
    /// <param name="Text">The new text.</param>
    /// <param name="Edits">What was applied, by position.</param>
    public sealed record Edited(string Text, IReadOnlyList<TextEdit> Edits) : EditOutcome;

    /// <summary>Nothing was applied.</summary>
    /// <param name="Reason">Why, for people.</param>
    public sealed record Conflict(string Reason) : EditOutcome;
}

/// <summary>Applies edits to texts.</summary>
public static class TextEdits
{
    /// <summary>
    /// Applies edits, given by offsets of the original text, all or none. Conflicts: a range outside the text, a range that does not hold
    /// what the edit expects, two edits that overlap, a range that splits a surrogate pair or a CR LF.
    /// </summary>
    /// <param name="text">The text to edit.</param>
    /// <param name="edits">The edits in any order.</param>
    /// <param name="expectedHash">The <see cref="Hash"/> that the text must have; null to rely on the edits' own expectations.</param>
    public static EditOutcome Apply(string text, IEnumerable<TextEdit> edits, string? expectedHash = null)
    {
        if (expectedHash is not null && !string.Equals(expectedHash, Hash(text), StringComparison.Ordinal))
            return new EditOutcome.Conflict("The document has changed since the edit was made.");
        var ordered = edits.OrderBy(e => e.Start).ThenBy(e => e.Length).ToArray();
        var result = new StringBuilder(text.Length + 256);
        var at = 0;
        foreach (var edit in ordered)
        {
            if (Check(text, edit, at) is { } reason)
                return new EditOutcome.Conflict(reason);
            result.Append(text, at, edit.Start - at).Append(edit.NewText);
            at = edit.End;
        }

        return new EditOutcome.Edited(result.Append(text, at, text.Length - at).ToString(), ordered);
    }

    /// <summary>SHA-256 of the text's UTF-8 bytes, as lower-case hexadecimal digits.</summary>
    public static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static string? Check(string text, TextEdit edit, int at)
    {
        if (edit.Start < 0 || edit.End > text.Length)
            return $"The edit's range {edit.Start}-{edit.End} lies outside the document, which has {text.Length} characters.";
        if (edit.Start < at)
            return $"Two edits overlap at offset {edit.Start}.";
        if (!text.AsSpan(edit.Start, edit.Length).SequenceEqual(edit.ExpectedText))
            return $"The document does not hold the expected text at offset {edit.Start}.";
        return Splits(text, edit.Start) || Splits(text, edit.End) ? $"The edit at offset {edit.Start} would split one character or line end." : null;
    }

    private static bool Splits(string text, int offset) => offset > 0 && offset < text.Length
        && ((char.IsHighSurrogate(text[offset - 1]) && char.IsLowSurrogate(text[offset])) || (text[offset - 1] == '\r' && text[offset] == '\n'));
}
