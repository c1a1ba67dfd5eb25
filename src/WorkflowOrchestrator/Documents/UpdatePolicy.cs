using Workflow.Hosting;

namespace Workflow.Documents;

/// <summary>What the policy has to know beside the update itself.</summary>
/// <param name="Mode">What the user wants done with updates.</param>
/// <param name="MaxFiles">More documents than this are held back.</param>
/// <param name="MaxChangedLines">More lines (added and removed) than this are held back.</param>
/// <param name="RecentUpdates">Updates to each of its documents in the last <see cref="UpdatePolicy.LoopWindow"/>.</param>
internal sealed record PolicyFacts(UpdateMode Mode, int MaxFiles, int MaxChangedLines, IReadOnlyDictionary<string, int> RecentUpdates)
{
    /// <summary>An update that changes a greater share of a document's lines is held back.</summary>
    public double MaxShare { get; init; } = 0.5;

    /// <summary>Updates applied in the last hour without being asked for.</summary>
    public int UpdatesLastHour { get; init; }

    /// <summary>More of them in an hour are held back.</summary>
    public int MaxUpdatesPerHour { get; init; } = int.MaxValue;

    /// <summary>Why the breaker is open; null while it is closed.</summary>
    public string? Breaker { get; init; }

    /// <summary>Who approved the change as it stands; null when nobody has.</summary>
    public string? ApprovedBy { get; init; }

    /// <summary>What it would make inconsistent with other open changes; null when nothing.</summary>
    public string? Inconsistency { get; init; }
}

/// <summary>What happens to an update.</summary>
/// <param name="Kinds">What it is made of, as the policy sees it.</param>
internal abstract record UpdateVerdict(UpdateKinds Kinds)
{
    internal sealed record MayApply(UpdateKinds Kinds) : UpdateVerdict(Kinds);

    /// <summary>A human decides.</summary>
    internal sealed record Hold(UpdateKinds Kinds, string Why) : UpdateVerdict(Kinds);

    /// <summary>Only recorded.</summary>
    internal sealed record OnlyRecord(UpdateKinds Kinds) : UpdateVerdict(Kinds);

    internal sealed record Refuse(UpdateKinds Kinds, string Why) : UpdateVerdict(Kinds);
}

/// <summary>Decides whether an update is applied at once, held back for a human, only recorded, or refused. Pure.</summary>
internal static class UpdatePolicy
{
    /// <summary>More updates than this to one document within <see cref="LoopWindow"/> look like a fight with another tool: a human is asked.</summary>
    public const int MaxUpdatesInWindow = 3;

    public static readonly TimeSpan LoopWindow = TimeSpan.FromMinutes(10);

    private const UpdateKinds Sensitive = UpdateKinds.Removal | UpdateKinds.Rename | UpdateKinds.Rewrite;

    public static UpdateVerdict Decide(UpdatePlan plan, PreparedUpdate update, PolicyFacts facts)
    {
        var changes = update.Files.Select(file => SensitiveChanges.Of(file, facts.MaxShare)).ToArray();
        var kinds = changes.Aggregate(plan.Kinds, (all, change) => all | change.Kinds);
        if (changes.FirstOrDefault(change => change.LosesNotes) is { } loses)
            return new UpdateVerdict.Refuse(kinds, $"{loses.Path}: the notes below the marker line would be lost");
        if (plan.ApprovedBy is not null)
            return new UpdateVerdict.MayApply(kinds);
        if (facts.Mode == UpdateMode.Shadow)
            return new UpdateVerdict.OnlyRecord(kinds);
        return Reason(kinds, changes, update, facts) is { } why ? new UpdateVerdict.Hold(kinds, why) : new UpdateVerdict.MayApply(kinds);
    }

    private static string? Reason(UpdateKinds kinds, SensitiveChange[] changes, PreparedUpdate update, PolicyFacts facts)
    {
        if (facts.Mode == UpdateMode.Review)
            return "document_updates.mode is review";
        var counted = update.Files.Where(file => !file.Path.IsReview).ToArray();
        if (counted.Length == 0)
            return null; // the report: nobody's text
        if (facts.Breaker is not null)
            return facts.Breaker;
        if (facts.ApprovedBy is { } approver)
            return $"{approver} approved the change as it stands";
        if (facts.Inconsistency is not null)
            return facts.Inconsistency;
        if ((kinds & Sensitive) != UpdateKinds.None)
            return changes.FirstOrDefault(change => change.What is not null)?.What ?? $"it is a {(kinds & Sensitive).ToString().ToLowerInvariant()}";
        return Limits(kinds, counted, facts);
    }

    private static string? Limits(UpdateKinds kinds, PreparedFile[] counted, PolicyFacts facts)
    {
        if (counted.Length > facts.MaxFiles)
            return $"it changes {counted.Length} documents; document_updates.max_files is {facts.MaxFiles}";
        var lines = counted.Sum(file => file.Summary.LinesAdded + file.Summary.LinesRemoved);
        if (lines > facts.MaxChangedLines && (kinds & UpdateKinds.NewChange) == UpdateKinds.None)
            return $"it changes {lines} lines; document_updates.max_changed_lines is {facts.MaxChangedLines}";
        if (facts.UpdatesLastHour >= facts.MaxUpdatesPerHour)
            return $"{facts.UpdatesLastHour} updates were applied in the last hour; document_updates.max_updates_per_hour is {facts.MaxUpdatesPerHour}";
        var loop = counted.FirstOrDefault(file => facts.RecentUpdates.GetValueOrDefault(file.Path.Value) >= MaxUpdatesInWindow);
        return loop is null ? null : $"{loop.Path} was updated {facts.RecentUpdates[loop.Path.Value]} times in {LoopWindow.TotalMinutes:0} minutes; another tool may be undoing the updates";
    }
}
