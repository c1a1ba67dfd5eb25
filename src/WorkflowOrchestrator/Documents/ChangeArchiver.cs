using System.Globalization;
using OpenSpec;
using Platform.Files;
using Workflow.Changes;
using Workflow.Documents.Git;
using Workflow.Hosting;

namespace Workflow.Documents;

/// <summary>
/// Moves a change that touches no requirement into <c>archive/</c>, as <c>openspec archive --skip-specs</c> does: one rename, which fails when the name is taken, and one
/// commit of exactly its files. Only for changes that the daemon itself made.
/// </summary>
internal sealed class ChangeArchiver(Repository repository, UpdateCommitter committer, TimeProvider time)
{
    /// <summary>Archives a change.</summary>
    /// <returns>False while git is in the middle of something: try again later. True when the change is archived, was gone, or its name is taken in the archive.</returns>
    public async Task<bool> ArchiveAsync(ChangeId change, string reason, CancellationToken cancellationToken)
    {
        if (await committer.BusyAsync(cancellationToken) is not null)
            return false;
        var (folder, archive) = (Path.Combine(repository.ChangesFolder, change.Value), Path.Combine(repository.ChangesFolder, "archive"));
        var day = DateOnly.FromDateTime(time.GetLocalNow().DateTime);
        var target = Path.Combine(archive, string.Create(CultureInfo.InvariantCulture, $"{day:yyyy-MM-dd}-{change.Value}"));
        if (FileKind.Of(folder) != OpenSpecEntryKind.Directory || FileKind.Of(archive) is not (null or OpenSpecEntryKind.Directory) || FileKind.Of(target) is not null)
            return true;
        Directory.CreateDirectory(archive);
        var files = Directory.GetFiles(folder, "*", SearchOption.AllDirectories);
        Directory.Move(folder, target);
        AtomicFile.FlushFolder(archive);
        AtomicFile.FlushFolder(repository.ChangesFolder);
        string[] paths = [.. files, .. files.Select(file => Path.Combine(target, Path.GetRelativePath(folder, file)))];
        var request = new CommitRequest([UpdateId.New(time).Value], change, RevisionHasher.Compute([]), reason, [UpdatePlan.BuiltIn], [], paths);
        await committer.CommitMoveAsync(request, cancellationToken); // when git cannot now, the move stays in the work tree for the next commit of a person
        return true;
    }
}
