using OpenSpec.Parsing;

namespace OpenSpec.Documents;

/// <summary>The four kinds of delta section.</summary>
public enum DeltaOperation
{
    /// <summary><c>## ADDED Requirements</c></summary>
    Added,

    /// <summary><c>## MODIFIED Requirements</c></summary>
    Modified,

    /// <summary><c>## REMOVED Requirements</c></summary>
    Removed,

    /// <summary><c>## RENAMED Requirements</c></summary>
    Renamed,
}

/// <summary>A <c>##</c> section of a delta spec.</summary>
/// <param name="Title">The title as written, trimmed.</param>
/// <param name="Operation">The operation it stands for; null when it is no delta section.</param>
/// <param name="Header">The header line.</param>
/// <param name="Span">The section with its header, up to its last non-blank character.</param>
public sealed record DeltaSection(string Title, DeltaOperation? Operation, SourceSpan Header, SourceSpan Span);

/// <summary>An entry of a REMOVED section.</summary>
/// <param name="Name">The normalised requirement name.</param>
/// <param name="Span">The header with the text below it, or the bullet line.</param>
/// <param name="IsBullet">Whether it is the bullet form.</param>
public sealed record RemovedRequirement(string Name, SourceSpan Span, bool IsBullet);

/// <summary>A FROM/TO pair of a RENAMED section.</summary>
/// <param name="From">The name in the main spec.</param>
/// <param name="To">The name that it gets.</param>
/// <param name="FromSpan">The FROM line.</param>
/// <param name="ToSpan">The TO line.</param>
public sealed record RenamedRequirement(string From, string To, SourceSpan FromSpan, SourceSpan ToSpan);

/// <summary>A FROM or TO line without its partner.</summary>
/// <param name="IsFrom">True for a FROM line, false for a TO line.</param>
/// <param name="Name">The name on it.</param>
/// <param name="Span">The line.</param>
public sealed record UnpairedRename(bool IsFrom, string Name, SourceSpan Span);

/// <summary>A requirement header that stands outside every delta section, so the format ignores it.</summary>
/// <param name="Name">The normalised name.</param>
/// <param name="Section">Title of the section it is in; null above the first.</param>
/// <param name="Span">The header line.</param>
public sealed record OrphanRequirement(string Name, string? Section, SourceSpan Span);

/// <summary>A level-3 header inside an ADDED or MODIFIED section that is no requirement header, so the format ignores it.</summary>
/// <param name="Title">The header's text.</param>
/// <param name="Operation">The section's operation.</param>
/// <param name="Span">The header line.</param>
public sealed record SkippedHeader(string Title, DeltaOperation Operation, SourceSpan Span);

/// <summary>A delta spec, <c>changes/ID/specs/CAPABILITY/spec.md</c>.</summary>
public sealed class DeltaSpec
{
    internal DeltaSpec(TextDocument source) => Source = source;

    /// <summary>The text and its lines.</summary>
    public TextDocument Source { get; }

    /// <summary>Every titled <c>##</c> section in order, delta section or not.</summary>
    public IReadOnlyList<DeltaSection> Sections => SectionList;

    /// <summary>Blocks of all ADDED sections.</summary>
    public IReadOnlyList<Requirement> Added => AddedList;

    /// <summary>Blocks of all MODIFIED sections.</summary>
    public IReadOnlyList<Requirement> Modified => ModifiedList;

    /// <summary>Entries of all REMOVED sections.</summary>
    public IReadOnlyList<RemovedRequirement> Removed => RemovedList;

    /// <summary>Pairs of all RENAMED sections.</summary>
    public IReadOnlyList<RenamedRequirement> Renamed => RenamedList;

    /// <summary>FROM and TO lines without a partner, by line.</summary>
    public IReadOnlyList<UnpairedRename> UnpairedRenames => UnpairedList;

    /// <summary>Requirement headers outside the four sections, by line.</summary>
    public IReadOnlyList<OrphanRequirement> Orphans => OrphanList;

    /// <summary>Other level-3 headers in ADDED and MODIFIED sections, by line.</summary>
    public IReadOnlyList<SkippedHeader> SkippedHeaders => SkippedList;

    /// <summary>Whether there is any delta section, even an empty one.</summary>
    public bool HasDeltaSections => SectionList.Exists(s => s.Operation is not null);

    /// <summary>Number of requirements added, modified, removed and renamed.</summary>
    public int EntryCount => AddedList.Count + ModifiedList.Count + RemovedList.Count + RenamedList.Count;

    internal List<DeltaSection> SectionList { get; } = [];

    internal List<Requirement> AddedList { get; } = [];

    internal List<Requirement> ModifiedList { get; } = [];

    internal List<RemovedRequirement> RemovedList { get; } = [];

    internal List<RenamedRequirement> RenamedList { get; } = [];

    internal List<UnpairedRename> UnpairedList { get; } = [];

    internal List<OrphanRequirement> OrphanList { get; } = [];

    internal List<SkippedHeader> SkippedList { get; } = [];

    /// <summary>Reads a delta spec. Any text is one; what is wrong with it is in the lists and in validation.</summary>
    public static DeltaSpec Parse(string text) => new DeltaReader(TextDocument.Parse(text)).Read();

    /// <summary>Title of the first section of an operation, as written; null when there is none.</summary>
    public string? TitleOf(DeltaOperation operation) => SectionList.Find(s => s.Operation == operation)?.Title;
}
