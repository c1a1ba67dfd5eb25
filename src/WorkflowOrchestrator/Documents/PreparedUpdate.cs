namespace Workflow.Documents;

/// <summary>One document of an update, before and after.</summary>
/// <param name="Path">The document.</param>
/// <param name="Before">Its bytes now; null: it does not exist.</param>
/// <param name="After">Its bytes after the update; null: it goes away.</param>
/// <param name="TextBefore"><paramref name="Before"/> decoded.</param>
/// <param name="TextAfter"><paramref name="After"/> decoded.</param>
/// <param name="Summary">Hashes and counts.</param>
internal sealed record PreparedFile(DocumentPath Path, byte[]? Before, byte[]? After, string? TextBefore, string? TextAfter, UpdatedFile Summary)
{
    public bool Changes => Summary.BaseHash != Summary.NewHash;
}

/// <summary>An update worked out in memory; nothing is written yet. Documents that it would leave as they are, are left out.</summary>
internal sealed record PreparedUpdate(IReadOnlyList<PreparedFile> Files);

/// <summary>An update that is to be written, or has been.</summary>
/// <param name="Update">The update as it stands in the store.</param>
/// <param name="Prepared">Its documents.</param>
internal sealed record PreparedWrite(StoredUpdate Update, PreparedUpdate Prepared)
{
    public UpdateRecord Record => Update.Record;

    /// <summary>An earlier attempt may have got as far as the commit.</summary>
    public bool MayBeCommitted { get; init; }
}

/// <summary>What came of working an update out.</summary>
internal abstract record Preparation
{
    private Preparation()
    {
    }

    internal sealed record Complete(PreparedUpdate Update) : Preparation;

    /// <summary>A document is no longer what the plan was made from.</summary>
    internal sealed record BaseMoved(string Why) : Preparation;

    /// <summary>The update can never be made.</summary>
    internal sealed record Refused(string Why) : Preparation;
}
