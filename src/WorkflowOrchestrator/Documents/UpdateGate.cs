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

    /// <summary>Looks at updates of a change that are written together, from the change as it stands now.</summary>
    public ChangeGate Open(ChangeId change) => new(change, _isOpenSpecTree ? new SnapshotFiles(new OpenSpecFolder(repository.OpenSpecDirectory)) : null);

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

/// <summary>The gate for the updates of one change: each is compared with the change as those accepted before it leave it.</summary>
/// <param name="change">The change.</param>
/// <param name="folder">The <c>openspec</c> folder; null when there is none, and so nothing to compare.</param>
internal sealed class ChangeGate(ChangeId change, IOpenSpecFiles? folder)
{
    private readonly Dictionary<string, ReadOnlyMemory<byte>?> _accepted = new(StringComparer.Ordinal);

    /// <summary>Why updates may not be written together; null when they may.</summary>
    public string? Check(params IReadOnlyCollection<PreparedUpdate> updates)
    {
        if (folder is null || updates.All(update => update.Files.Count == 0))
            return null;
        var files = new Dictionary<string, ReadOnlyMemory<byte>?>(_accepted, StringComparer.Ordinal);
        Put(updates, files);
        return UpdateGate.Worse(
            change, new OpenSpecProject(new OverlayFiles(folder, _accepted), UserSchemaFolder.Options), new OpenSpecProject(new OverlayFiles(folder, files), UserSchemaFolder.Options));
    }

    /// <summary>The updates will be written.</summary>
    public void Accept(params IReadOnlyCollection<PreparedUpdate> updates) => Put(updates, _accepted);

    private void Put(IReadOnlyCollection<PreparedUpdate> updates, Dictionary<string, ReadOnlyMemory<byte>?> files)
    {
        foreach (var file in updates.SelectMany(update => update.Files))
            files[$"changes/{change.Value}/{file.Path.Value}"] = file.After;
    }
}
