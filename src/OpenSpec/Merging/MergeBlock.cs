using OpenSpec.Documents;
using OpenSpec.Parsing;

namespace OpenSpec.Merging;

/// <summary>A requirement block during a merge. Compared by identity: the same object means that nothing was done to it.</summary>
/// <param name="name">Its name.</param>
/// <param name="text">Its text with LF line ends, right-trimmed; null to take it from the source when it is needed.</param>
/// <param name="source">Where its scenarios are.</param>
internal sealed class MergeBlock(string name, string? text, Requirement source)
{
    private string? _text = text;

    public string Name => name;

    public string Text => _text ??= source.Text;

    public Requirement Source => source;

    public static MergeBlock Of(Requirement requirement) => new(requirement.Name, null, requirement);

    /// <summary>The block under a new name: its header line is written anew, everything else stays.</summary>
    public MergeBlock Renamed(string to)
    {
        var end = Text.IndexOf('\n', StringComparison.Ordinal);
        return new(to, "### Requirement: " + to + (end < 0 ? "" : Text[end..]), source);
    }

    public bool HasSameText(MergeBlock other) => string.Equals(EcmaText.Trim(Text), EcmaText.Trim(other.Text), StringComparison.Ordinal);
}
