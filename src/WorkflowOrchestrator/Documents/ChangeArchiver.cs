using Workflow.Changes;
using Workflow.Documents.Git;
using Workflow.Hosting;

namespace Workflow.Documents;

/// <summary>
/// Moves a change that touches no requirement into <c>archive/</c>, as <c>openspec archive --skip-specs</c> does: one rename, which fails when the name is taken, and one
/// commit of exactly its files. Only for changes that the daemon itself made.
/// </summary>
internal sealed class ChangeArchiver(Repository repository, OrchestratorSettings settings, TimeProvider time)
{
    private readonly GitRepository _git = new(repository.ChangesFolder, settings.Documents.GitTimeout);

    /// <summary>Archives a change; does nothing when it is gone or the name is taken.</summary>
    public async Task ArchiveAsync(ChangeId change, string reason, CancellationToken cancellationToken)
    {
        var (folder, archive) = (Path.Combine(repository.ChangesFolder, change.Value), Path.Combine(repository.ChangesFolder, "archive"));
        if (FileKind.Of(folder) != OpenSpec.OpenSpecEntryKind.Directory || FileKind.Of(archive) is { } kind and not OpenSpec.OpenSpecEntryKind.Directory)
            return;
        Directory.CreateDirectory(archive);
        var day = DateOnly.FromDateTime(time.GetLocalNow().DateTime);
        var target = Path.Combine(archive, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{day:yyyy-MM-dd}-{change.Value}"));
        if (Path.Exists(target))
            return;
        var files = Directory.GetFiles(folder, "*", SearchOption.AllDirectories);
        Directory.Move(folder, target);
        Platform.Files.AtomicFile.FlushFolder(archive);
        Platform.Files.AtomicFile.FlushFolder(repository.ChangesFolder);
        if (!settings.Documents.AutoCommit)
            return;
        var paths = files.Concat(files.Select(file => Path.Combine(target, Path.GetRelativePath(folder, file)))).ToArray();
        var request = new CommitRequest(UpdateId.New(time).Value, change, RevisionHasher.Compute([]), reason, UpdatePlan.BuiltIn, [], paths);
        await _git.CommitAsync(request, mayExist: false, time.GetUtcNow(), cancellationToken); // when git cannot now, the move stays in the work tree for the next commit of a person
    }
}
