using OpenSpec;
using Workflow.Changes;
using Workflow.Hosting;

namespace Workflow;

/// <summary>The documents of a revision as they are on disk now, with everything around them.</summary>
/// <param name="Change">The documents.</param>
/// <param name="Files">The <c>openspec</c> folder with exactly these documents.</param>
internal sealed record RevisionContent(ChangeContent Change, IOpenSpecFiles Files)
{
    /// <summary>The project that this revision is part of.</summary>
    public OpenSpecProject Project { get; } = new(Files, UserSchemaFolder.Options);

    /// <summary>What keeps the change from being worked on: nothing of it is judged or written while a document could not be read.</summary>
    public IReadOnlyList<string> Obstacles { get; } =
        [.. Change.Problems.Where(problem => problem.BlocksChange || IsDocument(problem.Path)).Select(problem => $"{(problem.Path.Length == 0 ? "the change" : problem.Path)} {problem.Message}")];

    /// <summary>The project as it would be with other bytes in the change's folder.</summary>
    public OpenSpecProject With(IReadOnlyDictionary<string, ReadOnlyMemory<byte>> documents) =>
        new(new OverlayFiles(Files, documents.ToDictionary(pair => $"changes/{Change.Id}/{pair.Key}", pair => (ReadOnlyMemory<byte>?)pair.Value, StringComparer.Ordinal)), UserSchemaFolder.Options);

    private static bool IsDocument(string path) => path.EndsWith(".md", StringComparison.OrdinalIgnoreCase) || path == ".openspec.yaml";
}

/// <summary>Reads the revision that the work is about.</summary>
internal sealed class RevisionReader(ChangeReader reader, ChangeStore changes, ChangeWatcher watcher, Repository repository, OrchestratorSettings settings)
{
    // Each attempt waits for a quiet time: who writes on through all of them leaves no moment to work in.
    private const int MaxAttempts = 20;

    /// <summary>Its content; null when the folder is gone or holds something newer: the watcher has announced it.</summary>
    /// <exception cref="IOException">The change is written to without a pause.</exception>
    public async Task<RevisionContent?> ReadAsync(RevisionRecord work, CancellationToken cancellationToken)
    {
        for (var attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            if (await reader.ReadAsync(work.Change, cancellationToken) is ChangeReading.Complete { Content: var content } && changes.IsSameWork(work.Change, work.Hash, content.Revision))
                return WithSurroundings(content);

            // Half a save, or bytes that the watcher has not read yet. They may well end as the same revision, of which no event would tell; so
            // wait until store and disk agree, and decide then.
            await watcher.SettledAsync(work.Change, cancellationToken);
            if (changes.CurrentRevision(work.Change) is not { } current || !changes.IsSameWork(work.Change, work.Hash, current.Hash))
                return null;
        }

        throw new IOException($"{work.Change} is being written to without a pause.");
    }

    private RevisionContent WithSurroundings(ChangeContent content)
    {
        var documents = content.Files.ToDictionary(file => $"changes/{content.Id}/{file.Path}", file => (ReadOnlyMemory<byte>?)file.Bytes, StringComparer.Ordinal);
        var folder = new OpenSpecFolder(repository.OpenSpecDirectory, (int)Math.Min(int.MaxValue, settings.Connection.MaxFileBytes));
        return new RevisionContent(content, new OverlayFiles(folder, documents));
    }
}
