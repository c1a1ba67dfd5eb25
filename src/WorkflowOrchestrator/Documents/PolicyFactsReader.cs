using Workflow.Changes;
using Workflow.Hosting;
using Workflow.Storage;

namespace Workflow.Documents;

/// <summary>Gathers what the policy has to know beside the updates.</summary>
internal sealed class PolicyFactsReader(IStore store, OpenChangeOverlap overlap, BreakerWatch breaker, CurrentSettings settings, TimeProvider time)
{
    private static readonly TimeSpan s_hour = TimeSpan.FromHours(1);

    /// <summary>Reads them for updates of one change, from one moment.</summary>
    public IReadOnlyList<PolicyFacts> Read(ChangeId change, IReadOnlyList<(UpdatePlan Plan, PreparedUpdate Prepared)> updates)
    {
        var now = time.GetUtcNow();
        var documents = settings.Documents;
        string?[] inconsistencies = [.. updates.Select(update => update.Plan.ApprovedBy is null ? overlap.Find(change, update.Prepared) : null)]; // outside the view: it reads files
        return store.Read<IReadOnlyList<PolicyFacts>>(view =>
        {
            var lastHour = UpdateStore.CountApplied(view, now - s_hour);
            var approval = ApprovalStore.Find(view, change);
            return [.. updates.Select((update, i) => new PolicyFacts(
                documents.Mode,
                documents.MaxFiles,
                documents.MaxChangedLines,
                update.Plan.Files.ToDictionary(file => file.Path.Value, file => UpdateStore.CountRecent(view, change, file.Path.Value, now - UpdatePolicy.LoopWindow), StringComparer.Ordinal))
            {
                MaxShare = documents.MaxShare,
                MaxUpdatesPerHour = documents.MaxUpdatesPerHour,
                UpdatesLastHour = lastHour,
                Breaker = breaker.State is { IsOpen: true } open ? open.Why : null,
                ApprovedBy = approval is { State: ApprovalState.Approved } && approval.Revision == update.Plan.Revision ? approval.By : null,
                Inconsistency = inconsistencies[i],
            })];
        });
    }
}
