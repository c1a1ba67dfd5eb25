using System.Diagnostics.CodeAnalysis;

namespace Workflow.Changes;

/// <summary>The name of a change: its folder directly under <c>openspec/changes</c>.</summary>
/// <remarks>OpenSpec accepts any folder name on lookup except <c>archive</c>, dot names and names with separators (1.13.2).</remarks>
internal readonly record struct ChangeId
{
    private readonly string? _value;

    private ChangeId(string value) => _value = value;

    public string Value => _value ?? throw new InvalidOperationException("An uninitialised ChangeId was used.");

    /// <summary>Parses a folder name; refuses what could leave the changes folder or is not a change by OpenSpec's rules.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out ChangeId id)
    {
        id = default;
        if (string.IsNullOrEmpty(text) || text.Length > 255 || text[0] == '.' || text == "archive" || text.Contains('\uFFFD') || text.AsSpan().ContainsAny("/\\\0\n\r"))
            return false;
        id = new ChangeId(text);
        return true;
    }

    /// <summary>Parses a folder name.</summary>
    /// <exception cref="FormatException">The text is no change name.</exception>
    public static ChangeId Parse(string text) =>
        TryParse(text, out var id) ? id : throw new FormatException($"'{text}' is not the name of a change: a folder name under openspec/changes, without separators, not starting with a dot, not 'archive'.");

    public override string ToString() => Value;
}

/// <summary>
/// The content address of a change folder: SHA-256 over the sorted paths and bytes of its own documents, 64 lower-case hexadecimal digits.
/// <c>review.md</c> is left out: it is regenerated from the store and is not input.
/// </summary>
internal readonly record struct RevisionHash(string Value)
{
    /// <summary>The first 12 digits, for people.</summary>
    public string Short => Value[..Math.Min(12, Value.Length)];

    public override string ToString() => Value;
}
