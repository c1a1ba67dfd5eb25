using Workflow.Changes;

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
internal sealed record PreparedUpdate(IReadOnlyList<PreparedFile> Files)
{
    /// <summary>
    /// The revisions that the change has while its documents are written one after the other, and back again if that has to stop half way. The last is
    /// that of the whole update. Registered before the first write, so that the daemon knows its own work when it sees it.
    /// </summary>
    public IReadOnlyList<RevisionHash> RevisionsOnTheWay(ChangeContent content)
    {
        var documents = content.Files.ToDictionary(file => file.Path, file => file.Sha256, StringComparer.Ordinal);
        var revisions = new List<RevisionHash>();
        foreach (var file in Files)
        {
            if (file.Summary.NewHash is { } hash)
                documents[file.Path.Value] = hash;
            else
                documents.Remove(file.Path.Value);
            revisions.Add(RevisionHasher.Compute(documents.Select(document => (document.Key, document.Value))));
        }

        return revisions;
    }
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
