using System.Runtime.InteropServices;

namespace OpenSpec.Merging;

/// <summary>How many requirements an archive changes.</summary>
/// <param name="Added">New requirements.</param>
/// <param name="Modified">Requirements with a new text.</param>
/// <param name="Removed">Requirements that go.</param>
/// <param name="Renamed">Requirements with a new name.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct MergeCounts(int Added, int Modified, int Removed, int Renamed)
{
    /// <summary>Sum of two counts.</summary>
    public static MergeCounts operator +(MergeCounts a, MergeCounts b) =>
        new(a.Added + b.Added, a.Modified + b.Modified, a.Removed + b.Removed, a.Renamed + b.Renamed);

    /// <summary>Sum of two counts.</summary>
    public static MergeCounts Add(MergeCounts left, MergeCounts right) => left + right;

    /// <summary>Whether anything changes at all.</summary>
    public bool Any => Added + Modified + Removed + Renamed > 0;
}

/// <summary>What archiving does to one main spec.</summary>
/// <param name="Capability">Capability path.</param>
/// <param name="Path">Path of the main spec relative to the <c>openspec</c> folder.</param>
/// <param name="IsNew">Whether the spec does not exist yet.</param>
/// <param name="Text">The text after archiving, exactly as it would be written; null when the capability is retired and its file deleted.</param>
/// <param name="IsWritten">Whether the file is written or deleted at all: a spec that is already in sync is left alone.</param>
/// <param name="Counts">How many requirements change.</param>
public sealed record MergedSpec(string Capability, string Path, bool IsNew, string? Text, bool IsWritten, MergeCounts Counts);

/// <summary>One reason why archiving is refused.</summary>
/// <param name="Code">The original command line's error code, such as <c>archive_spec_update_failed</c>.</param>
/// <param name="Capability">Capability path; null when the reason is not about one.</param>
/// <param name="Requirement">Requirement name; null when the reason is not about one.</param>
/// <param name="Message">What is wrong and what to do.</param>
public sealed record ArchiveRefusal(string Code, string? Capability, string? Requirement, string Message);

/// <summary>What <c>openspec archive ID --yes</c> would do, found out without touching anything.</summary>
public abstract record ArchiveOutcome
{
    private ArchiveOutcome()
    {
    }

    /// <summary>Archiving succeeds.</summary>
    /// <param name="Specs">The main specs concerned, in order of capability.</param>
    /// <param name="Totals">Sum of all counts.</param>
    /// <param name="Warnings">What the user should know: ignored parts of the change.</param>
    public sealed record Clean(IReadOnlyList<MergedSpec> Specs, MergeCounts Totals, IReadOnlyList<string> Warnings) : ArchiveOutcome;

    /// <summary>Archiving is refused and nothing would be changed.</summary>
    /// <param name="Refusals">The reasons; the first is the one that the command line would name.</param>
    public sealed record Refused(IReadOnlyList<ArchiveRefusal> Refusals) : ArchiveOutcome;
}
