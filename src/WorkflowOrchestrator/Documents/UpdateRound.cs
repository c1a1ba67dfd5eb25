namespace Workflow.Documents;

/// <summary>What became of the updates of a change on one go through them: where each stopped, and which are written and share the commit that is to come.</summary>
internal sealed class UpdateRound
{
    public Dictionary<UpdateId, UpdateStep> Steps { get; } = [];

    /// <summary>Their documents are written; the commit is to come.</summary>
    public List<PreparedWrite> Written { get; } = [];

    public IReadOnlyCollection<UpdateId> InHand => [.. Written.Select(write => write.Record.Id)];

    public bool Has(UpdateId id) => Steps.ContainsKey(id) || Written.Exists(write => write.Record.Id == id);

    /// <summary>Whether an update can share the commit of those that are written.</summary>
    public bool Takes(UpdateRecord update) =>
        Written.Count == 0 || (!Written[0].MayBeCommitted && update.State is UpdateState.Planned or UpdateState.Journaled && update.Revision == Written[0].Record.Revision);

    /// <summary>Why nothing more is asked of git in this round; null while it answers.</summary>
    public UpdateStep.Waits? Silence => Steps.Values.OfType<UpdateStep.Waits>().FirstOrDefault(waits => waits.IsSilence);

    public void End(UpdateRecord update) => Steps[update.Id] = new UpdateStep.Finished();

    public void Stop(UpdateRecord update, UpdateStep step) => Steps[update.Id] = step;

    public void Stop(IEnumerable<StoredUpdate> updates, UpdateStep step)
    {
        foreach (var update in updates)
            Stop(update.Record, step);
    }

    public void Stop(IEnumerable<PreparedWrite> writes, UpdateStep step)
    {
        foreach (var write in writes)
            Steps[write.Record.Id] = step;
    }

    public void Wait(IEnumerable<UpdateRecord> updates, UpdateId older)
    {
        foreach (var update in updates)
            Steps[update.Id] = UpdateStep.Waits.Ordinary($"update {older} of the same change comes first");
    }
}
