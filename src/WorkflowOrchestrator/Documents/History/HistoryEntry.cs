namespace Workflow.Documents.History;

/// <summary>Something that happened to a document.</summary>
/// <param name="Path">The document.</param>
/// <param name="LinesAdded">Lines that came.</param>
/// <param name="LinesRemoved">Lines that went.</param>
internal abstract record HistoryEntry(string Path, int LinesAdded, int LinesRemoved)
{
    /// <summary>When it is known to have happened; for an edit by people the end of the time in which it did.</summary>
    public abstract DateTimeOffset? At { get; }

    /// <summary>An update of the daemon.</summary>
    internal sealed record ByUpdate(UpdateRecord Update, UpdatedFile File) : HistoryEntry(File.Path, File.LinesAdded, File.LinesRemoved)
    {
        public override DateTimeOffset? At => Update.AppliedAt ?? Update.StateAt;
    }

    /// <summary>What people (or their tools) changed between two updates, seen by comparing what one left with what the next found.</summary>
    /// <param name="After">It happened after this; null: before the first update.</param>
    /// <param name="Before">It happened before this; null: after the last update.</param>
    internal sealed record ByHuman(string Path, int LinesAdded, int LinesRemoved, DateTimeOffset? After, DateTimeOffset? Before) : HistoryEntry(Path, LinesAdded, LinesRemoved)
    {
        public override DateTimeOffset? At => Before ?? After;
    }
}
