namespace Workflow.Review;

/// <summary>Says how findings stand once a text is written. Pure.</summary>
internal static class FindingTracker
{
    /// <summary>What is still found is open (or stays dismissed); what was found and is no longer there is fixed.</summary>
    /// <param name="stored">The findings of the revision as stored.</param>
    /// <param name="remaining">The findings of a review of the new text.</param>
    public static IReadOnlyList<TrackedFinding> AfterWriting(IReadOnlyList<TrackedFinding> stored, IReadOnlyList<Finding> remaining)
    {
        var status = stored.ToDictionary(tracked => tracked.Finding.Id, tracked => tracked.Status, StringComparer.Ordinal);
        var result = remaining
            .Select(finding => new TrackedFinding(finding, status.GetValueOrDefault(finding.Id) == FindingStatus.Dismissed ? FindingStatus.Dismissed : FindingStatus.Open))
            .ToList();
        var present = remaining.Select(finding => finding.Id).ToHashSet(StringComparer.Ordinal);
        result.AddRange(stored
            .Where(tracked => !present.Contains(tracked.Finding.Id) && tracked.Status != FindingStatus.Dismissed)
            .Select(tracked => tracked with { Status = FindingStatus.Fixed })
            .OrderBy(tracked => tracked.Finding.Path, StringComparer.Ordinal)
            .ThenBy(tracked => tracked.Finding.Line)
            .ThenBy(tracked => tracked.Finding.Id, StringComparer.Ordinal));
        return result;
    }
}
