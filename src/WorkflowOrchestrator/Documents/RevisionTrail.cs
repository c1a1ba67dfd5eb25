using Workflow.Changes;

namespace Workflow.Documents;

/// <summary>
/// The revisions that a change has while its documents are written one after the other, update by update, and back again if that has to stop half way.
/// Registered before the first write, so that the daemon knows its own work when it sees it.
/// </summary>
/// <param name="content">The change as it stands.</param>
internal sealed class RevisionTrail(ChangeContent content)
{
    private readonly Dictionary<string, string> _documents = content.Files.ToDictionary(file => file.Path, file => file.Sha256, StringComparer.Ordinal);

    /// <summary>The revision after everything that was added.</summary>
    public RevisionHash Last { get; private set; } = content.Revision;

    /// <summary>Goes on with an update, and gives the revisions on its way; the last is that of the whole update.</summary>
    public IReadOnlyList<RevisionHash> Add(PreparedUpdate update)
    {
        var revisions = new List<RevisionHash>(update.Files.Count);
        foreach (var file in update.Files)
        {
            if (file.Summary.NewHash is { } hash)
                _documents[file.Path.Value] = hash;
            else
                _documents.Remove(file.Path.Value);
            revisions.Add(Last = RevisionHasher.Compute(_documents.Select(document => (document.Key, document.Value))));
        }

        return revisions;
    }
}
