using Workflow.Hosting;
using Workflow.Storage;

namespace Workflow.Documents;

/// <summary>Gathers what the policy has to know beside the update.</summary>
internal sealed class PolicyFactsReader(IStore store, OpenChangeOverlap overlap, BreakerWatch breaker, CurrentSettings settings, TimeProvider time)
{
    private static readonly TimeSpan s_hour = TimeSpan.FromHours(1);

    /// <summary>Reads them for one update.</summary>
    /// <param name="plan">The update.</param>
    /// <param name="prepared">What it does.</param>
    /// <param name="accepted">How many are to be written before it that nobody asked for, and are not in the store as applied yet.</param>
    public PolicyFacts Read(UpdatePlan plan, PreparedUpdate prepared, int accepted)
    {
        var now = time.GetUtcNow();
        var documents = settings.Documents;
        var inconsistency = plan.ApprovedBy is null ? overlap.Find(plan.Change, prepared) : null; // outside the view: it reads files
        return store.Read(view => new PolicyFacts(
            documents.Mode,
            documents.MaxFiles,
            documents.MaxChangedLines,
            plan.Files.ToDictionary(file => file.Path.Value, file => UpdateStore.CountRecent(view, plan.Change, file.Path.Value, now - UpdatePolicy.LoopWindow), StringComparer.Ordinal))
        {
            MaxShare = documents.MaxShare,
            MaxUpdatesPerHour = documents.MaxUpdatesPerHour,
            UpdatesLastHour = accepted + UpdateStore.CountApplied(view, now - s_hour),
            Breaker = breaker.State is { IsOpen: true } open ? open.Why : null,
            ApprovedBy = ApprovalStore.Find(view, plan.Change) is { State: ApprovalState.Approved } approval && approval.Revision == plan.Revision ? approval.By : null,
            Inconsistency = inconsistency,
        });
    }
}
