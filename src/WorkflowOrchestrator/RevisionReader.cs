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
    public OpenSpecProject Project { get; } = new(Files);

    /// <summary>What keeps the change from being worked on: nothing of it is judged or written while a document could not be read.</summary>
    public IReadOnlyList<string> Obstacles { get; } =
        [.. Change.Problems.Where(problem => problem.BlocksChange || IsDocument(problem.Path)).Select(problem => $"{(problem.Path.Length == 0 ? "the change" : problem.Path)} {problem.Message}")];

    /// <summary>The project as it would be with other bytes in the change's folder.</summary>
    public OpenSpecProject With(IReadOnlyDictionary<string, ReadOnlyMemory<byte>> documents) =>
        new(new OverlayFiles(Files, documents.ToDictionary(pair => $"changes/{Change.Id}/{pair.Key}", pair => (ReadOnlyMemory<byte>?)pair.Value, StringComparer.Ordinal)));

    private static bool IsDocument(string path) => path.EndsWith(".md", StringComparison.OrdinalIgnoreCase) || path == ".openspec.yaml";
}

/// <summary>Reads the revision that the work is about.</summary>
internal sealed class RevisionReader(ChangeReader reader, ChangeStore changes, Repository repository, OrchestratorSettings settings)
{
    /// <summary>Its content; null when the folder is gone, being written, or holds something newer: the watcher announces what comes of it.</summary>
    public async Task<RevisionContent?> ReadAsync(RevisionRecord work, CancellationToken cancellationToken)
    {
        if (await reader.ReadAsync(work.Change, cancellationToken) is not ChangeReading.Read { Content: var content } || !changes.IsSameWork(work.Change, work.Hash, content.Revision))
            return null;
        var documents = content.Files.ToDictionary(file => $"changes/{content.Id}/{file.Path}", file => (ReadOnlyMemory<byte>?)file.Bytes, StringComparer.Ordinal);
        var folder = new OpenSpecFolder(repository.OpenSpecFolder, (int)Math.Min(int.MaxValue, settings.WorkflowOrchestrator.MaxFileBytes));
        return new RevisionContent(content, new OverlayFiles(folder, documents));
    }
}
