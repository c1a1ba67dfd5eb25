namespace OpenSpec.Merging;

/// <summary>What came of merging one delta into one main spec: a text or a refusal.</summary>
internal sealed record MergeResult
{
    /// <summary>Why it was refused; null when it was not.</summary>
    public ArchiveRefusal? Refusal { get; init; }

    /// <summary>Puts the merged text together, with LF line ends. Validation asks only whether a merge is refused, and never needs it.</summary>
    public Func<string> ComposeText { get; init; } = () => "";

    public MergeCounts Counts { get; init; }

    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Whether no requirement block is left.</summary>
    public bool IsEmptied { get; init; }

    public static MergeResult Refused(string capability, string? requirement, string message) =>
        new() { Refusal = new("archive_spec_update_failed", capability, requirement, $"{capability}: {message}") };
}
