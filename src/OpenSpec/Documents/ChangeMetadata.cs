namespace OpenSpec.Documents;

/// <summary>A change's <c>.openspec.yaml</c> (reference §1.1).</summary>
public sealed class ChangeMetadata
{
    private ChangeMetadata(string text) => Text = text;

    /// <summary>The text as it is in the file.</summary>
    public string Text { get; }

    /// <summary>Reads a metadata file. Any text is one; what is wrong with it is a fault.</summary>
    public static ChangeMetadata Parse(string text) => new(text);
}
