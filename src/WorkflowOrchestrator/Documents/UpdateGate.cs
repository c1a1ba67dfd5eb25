using OpenSpec;
using OpenSpec.Merging;
using OpenSpec.Validation;
using Workflow.Changes;
using Workflow.Hosting;

namespace Workflow.Documents;

/// <summary>
/// Compares the change with and without the update, in memory: OpenSpec's validation and the archive dry run must not be worse than before.
/// </summary>
internal sealed class UpdateGate(Repository repository)
{
    // OpenSpec knows changes only under this name.
    private readonly bool _isOpenSpecTree = Path.GetFileName(repository.ChangesFolder) == "changes";

    /// <summary>Why the update may not be applied; null when it may.</summary>
    public string? Check(ChangeId change, PreparedUpdate update)
    {
        if (!_isOpenSpecTree)
            return null;
        var folder = new SnapshotFiles(new OpenSpecFolder(repository.OpenSpecDirectory));
        var changed = update.Files.ToDictionary(
            file => $"changes/{change.Value}/{file.Path.Value}", file => (ReadOnlyMemory<byte>?)file.After, StringComparer.Ordinal);
        var before = new OpenSpecProject(folder, UserSchemaFolder.Options);
        var after = new OpenSpecProject(new OverlayFiles(folder, changed), UserSchemaFolder.Options);
        return Worse(change, before, after);
    }

    /// <summary>Why a change is worse in one state of the project than in another; null when it is not.</summary>
    public static string? Worse(ChangeId change, OpenSpecProject before, OpenSpecProject after) =>
        Worse(() => before.ValidateChange(change.Value), after.ValidateChange(change.Value)) ?? Worse(() => before.DryRunArchive(change.Value), after.DryRunArchive(change.Value));

    // What was before is looked at only when there is a fault that it may have had already.
    private static string? Worse(Func<ItemReport> before, ItemReport after)
    {
        if (after.Issues.All(issue => issue.Level is not (IssueLevel.Error or IssueLevel.Warning)))
            return null;
        var earlier = before();
        foreach (var level in new[] { IssueLevel.Error, IssueLevel.Warning })
        {
            var known = earlier.Issues.Where(issue => issue.Level == level).Select(issue => issue.Rule).ToList();
            var added = after.Issues.Where(issue => issue.Level == level && !known.Remove(issue.Rule)).ToArray();
            if (added.Length > 0)
                return $"validation would be worse: {added[0].Rule} {added[0].Path}: {added[0].Message}";
        }

        return null;
    }

    private static string? Worse(Func<ArchiveOutcome> before, ArchiveOutcome after) =>
        after is ArchiveOutcome.Refused refused && before() is ArchiveOutcome.Clean ? $"archiving would be refused: {refused.Refusals[0].Message}" : null;
}
