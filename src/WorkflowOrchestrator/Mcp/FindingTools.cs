using System.ComponentModel;
using ModelContextProtocol;
using ModelContextProtocol.Server;
using Workflow.Review;
using Workflow.Storage;

namespace Workflow.Mcp;

/// <summary>What people say about findings.</summary>
[McpServerToolType]
internal sealed class FindingTools(IStore store, ChangeNames changes, FindingStore findings)
{
    [McpServerTool(Name = "dismiss_finding", Title = "Dismiss a finding", UseStructuredContent = true, ReadOnly = false, Destructive = false, Idempotent = true, OpenWorld = false)]
    [Description("Says that the text is fine as it is: the finding stays dismissed while the text stands, and asks nothing. A rule that is dismissed again and again becomes quieter in this repository.")]
    public async Task<FindingItem> DismissAsync(
        [Description("The change.")] string change,
        [Description("The finding's id, or the first four or more characters of it.")] string finding_id,
        [Description("Open it again.")] bool? reopen = null,
        CancellationToken cancellationToken = default)
    {
        var work = changes.Require(change).Work;
        var found = findings.OfRevision(work.Change, work.Hash).Where(tracked => finding_id.Length >= 4 && tracked.Finding.Id.StartsWith(finding_id, StringComparison.Ordinal)).ToArray();
        if (found is not [var tracked])
            throw new McpException(found.Length == 0 ? $"{change} has no finding '{finding_id}'. get_change shows them." : $"'{finding_id}' is the beginning of {found.Length} findings.");
        var isDismissed = reopen != true;
        await store.WriteAsync(
            transaction =>
            {
                if (FindingStore.SetDismissed(transaction, work.Change, tracked.Finding.Id, isDismissed))
                    transaction.Append(new NewEvent(EventTypes.FindingDecided, work.Change.Value, work.Hash.Value, tracked.Finding.Id, new { rule = tracked.Finding.RuleId, to = isDismissed ? "Dismissed" : "Open" }));
            },
            cancellationToken);
        return FindingItem.From(findings.OfRevision(work.Change, work.Hash).Single(now => now.Finding.Id == tracked.Finding.Id));
    }
}
