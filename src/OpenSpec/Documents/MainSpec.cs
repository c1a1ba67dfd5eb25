using OpenSpec.Parsing;

namespace OpenSpec.Documents;

/// <summary>A main spec, <c>specs/CAPABILITY/spec.md</c>. The format has two readers of it; both views are here.</summary>
public sealed class MainSpec
{
    private MainSpec(MarkdownDocument outline, RequirementsSection requirements)
    {
        Outline = outline;
        Block = requirements;
    }

    /// <summary>The text and its lines.</summary>
    public TextDocument Source => Outline.Source;

    /// <summary>The tree of headers.</summary>
    public MarkdownDocument Outline { get; }

    /// <summary>The first section titled Purpose; null when there is none.</summary>
    public Section? Purpose => Outline.Find("Purpose");

    /// <summary>The requirement blocks of the first <c>## Requirements</c> section, as the archive merge sees them.</summary>
    public IReadOnlyList<Requirement> Requirements => Block.Requirements;

    internal RequirementsSection Block { get; }

    /// <summary>Reads a main spec. Any text is one.</summary>
    public static MainSpec Parse(string text)
    {
        var source = TextDocument.Parse(text);
        return new(MarkdownDocument.Parse(source), RequirementsSection.Read(source));
    }

    /// <summary>The requirement with this exact normalised name; of several, the last, which is the one that the merge would see.</summary>
    public Requirement? FindRequirement(string name)
    {
        for (var i = Requirements.Count - 1; i >= 0; i--)
        {
            if (string.Equals(Requirements[i].Name, name, StringComparison.Ordinal))
                return Requirements[i];
        }

        return null;
    }
}
