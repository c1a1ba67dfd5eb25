using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Workflow.Documents;

/// <summary>
/// The path of a document inside its change's own folder, with '/' between segments: <c>proposal.md</c>, <c>specs/auth/spec.md</c>.
/// The value is harmless by its text alone (no way out of the folder, no hidden or reserved names, nothing that another system or a person
/// could read as another path); <c>PathGuard</c> checks the disk.
/// </summary>
internal readonly record struct DocumentPath
{
    private const int MaxLength = 1024;
    private const int MaxSegmentBytes = 255; // NAME_MAX of every file system we write to

    // Separators of other systems, drive and stream marks, wildcards, percent escapes, and characters that only look like '/', '\' or '.'.
    private static readonly SearchValues<char> s_forbidden =
        SearchValues.Create("\\:*?\"<>|%~\u2215\u2044\uFF0F\uFF3C\u29F8\u29F9\u2216\uFE68\u2024\uFF0E\uFFFD\uFEFF");

    private static readonly string[] s_reserved = ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"];

    private readonly string? _value;

    private DocumentPath(string value) => _value = value;

    public static DocumentPath Proposal { get; } = new("proposal.md");

    public static DocumentPath Design { get; } = new("design.md");

    public static DocumentPath Tasks { get; } = new("tasks.md");

    /// <summary>The daemon's report; no part of the revision.</summary>
    public static DocumentPath Review { get; } = new("review.md");

    public string Value => _value ?? throw new InvalidOperationException("An uninitialised DocumentPath was used.");

    public bool IsReview => _value == "review.md";

    /// <summary>A document that OpenSpec itself names: it may be created. Any other document may only be changed while it exists.</summary>
    public bool IsKnownName =>
        Value is "proposal.md" or "design.md" or "tasks.md" or "review.md" or ".openspec.yaml"
        || (Value.StartsWith("specs/", StringComparison.Ordinal) && Value.EndsWith("/spec.md", StringComparison.Ordinal) && Value.Length > "specs/x/spec.m".Length);

    /// <summary>Parses a path; <paramref name="why"/> says what is wrong with it.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out DocumentPath path, [NotNullWhen(false)] out string? why)
    {
        path = default;
        why = Refusal(text);
        if (why is not null)
            return false;
        path = new DocumentPath(text!);
        return true;
    }

    /// <summary>Parses a path.</summary>
    /// <exception cref="FormatException">The text is no path of a document.</exception>
    public static DocumentPath Parse(string text) => TryParse(text, out var path, out var why) ? path : throw new FormatException(why);

    public override string ToString() => Value;

    private static string? Refusal(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return "the path is empty";
        if (text.Length > MaxLength)
            return "the path is too long";
        if (text.AsSpan().ContainsAny(s_forbidden) || text.Any(c => char.IsControl(c) || char.GetUnicodeCategory(c) is System.Globalization.UnicodeCategory.Format or System.Globalization.UnicodeCategory.LineSeparator or System.Globalization.UnicodeCategory.ParagraphSeparator))
            return $"the path {Show(text)} has a character that no document's path may have";
        if (!IsWellFormed(text))
            return $"the path {Show(text)} is not valid Unicode";
        var segments = text.Split('/');
        foreach (var segment in segments)
        {
            if (SegmentRefusal(segment, isWhole: segments.Length == 1) is { } why)
                return $"the path {Show(text)} {why}";
        }

        return text == ".openspec.yaml" || text.EndsWith(".md", StringComparison.Ordinal) ? null : $"the path {Show(text)} is not a document of a change";
    }

    private static string? SegmentRefusal(string segment, bool isWhole)
    {
        if (segment.Length == 0)
            return "is absolute or has an empty segment";
        if (segment[0] == '.' && !(isWhole && segment == ".openspec.yaml"))
            return "has a segment that starts with a dot";
        if (segment[^1] is '.' or ' ' || segment[0] == ' ')
            return "has a segment that begins with a blank or ends with a dot or a blank";
        if (Encoding.UTF8.GetByteCount(segment) > MaxSegmentBytes)
            return "has a segment that is too long";
        var stem = segment.Split('.')[0].TrimEnd().ToUpperInvariant();
        var isPort = stem.Length == 4 && (stem.StartsWith("COM", StringComparison.Ordinal) || stem.StartsWith("LPT", StringComparison.Ordinal)) && char.IsDigit(stem[3]);
        return isPort || s_reserved.Contains(stem) ? "has a reserved name" : null;
    }

    private static bool IsWellFormed(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
                i++;
            else if (char.IsSurrogate(text[i]))
                return false;
        }

        return true;
    }

    // Shown in messages and logs: nothing that could move a terminal's cursor or hide text.
    private static string Show(string text)
    {
        var shown = new StringBuilder("'");
        foreach (var c in text.Length > 120 ? text[..120] : text)
        {
            if (c is >= ' ' and <= '~')
                shown.Append(c);
            else
                shown.Append($"\\u{(int)c:X4}");
        }

        return shown.Append('\'').ToString();
    }
}
