using OpenSpec.Documents;
using OpenSpec.Merging;

namespace OpenSpec.Overlap;

/// <summary>What a change does to a requirement.</summary>
/// <param name="ChangeId">The change.</param>
/// <param name="Operation">What it does.</param>
public sealed record Touch(string ChangeId, DeltaOperation Operation);

/// <summary>A requirement that more than one open change touches; OpenSpec itself validates each of them alone and says nothing.</summary>
/// <param name="Capability">Capability path.</param>
/// <param name="Requirement">The requirement's name; both names of a rename count.</param>
/// <param name="Touches">Who touches it, by change id.</param>
/// <param name="IsConflict">Whether the changes cannot all be archived as they are: a later one would be refused, or would undo an earlier one.</param>
public sealed record RequirementOverlap(string Capability, string Requirement, IReadOnlyList<Touch> Touches, bool IsConflict);

/// <summary>A change that can be archived now, but not any more once another one is.</summary>
/// <param name="ChangeId">The change that becomes stale.</param>
/// <param name="AfterId">The change whose archiving makes it so.</param>
/// <param name="Reason">Why it would be refused.</param>
public sealed record StaleChange(string ChangeId, string AfterId, string Reason);

/// <summary>How the open changes of a project stand to each other.</summary>
/// <param name="Overlaps">Requirements that several changes touch.</param>
/// <param name="Order">An order in which as many changes as possible archive cleanly, one after the other.</param>
/// <param name="Blocked">Changes that archive at no place in that order, with the reason at its end.</param>
/// <param name="Stale">What becomes stale by what.</param>
public sealed record OverlapReport(
    IReadOnlyList<RequirementOverlap> Overlaps, IReadOnlyList<string> Order, IReadOnlyDictionary<string, string> Blocked, IReadOnlyList<StaleChange> Stale);

/// <summary>Finds out how open changes stand to each other.</summary>
public static class ChangeOverlap
{
    /// <summary>Analyses all open changes of a project. Archiving is tried in memory only.</summary>
    public static OverlapReport Analyze(IOpenSpecFiles files, OpenSpecOptions? options = null)
    {
        var project = new OpenSpecProject(files, options);
        var changes = project.ChangeIds().Select(project.ReadChange).ToArray();
        var overlaps = FindOverlaps(changes);
        var (order, blocked) = FindOrder(files, options, changes);
        return new(overlaps, order, blocked, FindStale(files, options, overlaps));
    }

    private static RequirementOverlap[] FindOverlaps(ChangeDocuments[] changes) => changes
        .SelectMany(c => c.DeltaSpecs.SelectMany(d => TouchesOf(d.Document.Content).Select(t => (d.Capability, t.Name, Touch: new Touch(c.Id, t.Operation)))))
        .GroupBy(t => (t.Capability, t.Name), t => t.Touch)
        .Select(g => (g.Key, Touches: g.Distinct().OrderBy(t => t.ChangeId, StringComparer.Ordinal).ToArray()))
        .Where(g => g.Touches.Select(t => t.ChangeId).Distinct(StringComparer.Ordinal).Count() > 1)
        .OrderBy(g => g.Key.Capability, StringComparer.Ordinal)
        .ThenBy(g => g.Key.Name, StringComparer.Ordinal)
        .Select(g => new RequirementOverlap(g.Key.Capability, g.Key.Name, g.Touches, IsConflict(g.Touches)))
        .ToArray();

    private static IEnumerable<(string Name, DeltaOperation Operation)> TouchesOf(DeltaSpec delta) =>
        delta.Added.Select(r => (r.Name, DeltaOperation.Added))
            .Concat(delta.Modified.Select(r => (r.Name, DeltaOperation.Modified)))
            .Concat(delta.Removed.Select(r => (r.Name, DeltaOperation.Removed)))
            .Concat(delta.Renamed.SelectMany(r => new[] { (r.From, DeltaOperation.Renamed), (r.To, DeltaOperation.Renamed) }));

    /// <summary>Only one who adds and others who modify, once each, fit together: in that order.</summary>
    private static bool IsConflict(Touch[] touches) =>
        touches.Count(t => t.Operation != DeltaOperation.Added) > 1 || touches.Count(t => t.Operation == DeltaOperation.Added) > 1
        || touches.Any(t => t.Operation is DeltaOperation.Renamed);

    /// <summary>Archives what can be archived until nothing can: each archived change may make room for others.</summary>
    private static (IReadOnlyList<string> Order, IReadOnlyDictionary<string, string> Blocked) FindOrder(IOpenSpecFiles files, OpenSpecOptions? options, ChangeDocuments[] changes)
    {
        var state = new Dictionary<string, ReadOnlyMemory<byte>?>(StringComparer.Ordinal);
        var order = new List<string>();
        var reasons = new Dictionary<string, string>(StringComparer.Ordinal);
        var waiting = changes.Select(c => c.Id).ToList();
        for (var hasProgress = true; hasProgress;)
        {
            hasProgress = false;
            foreach (var id in waiting.ToArray())
            {
                if (TryArchive(files, options, state, id) is { } reason)
                {
                    reasons[id] = reason;
                    continue;
                }

                hasProgress = true;
                order.Add(id);
                waiting.Remove(id);
                reasons.Remove(id);
            }
        }

        return (order, reasons);
    }

    private static List<StaleChange> FindStale(IOpenSpecFiles files, OpenSpecOptions? options, RequirementOverlap[] overlaps)
    {
        var stale = new List<StaleChange>();
        var pairs = overlaps.SelectMany(o => Pairs(o.Touches.Select(t => t.ChangeId).Distinct(StringComparer.Ordinal).ToArray())).Distinct();
        foreach (var (first, second) in pairs)
        {
            if (TryArchive(files, options, [], second) is not null)
                continue;
            var state = new Dictionary<string, ReadOnlyMemory<byte>?>(StringComparer.Ordinal);
            if (TryArchive(files, options, state, first) is null && TryArchive(files, options, state, second) is { } reason)
                stale.Add(new(second, first, reason));
        }

        return stale;
    }

    private static IEnumerable<(string First, string Second)> Pairs(string[] ids) =>
        ids.SelectMany(a => ids.Where(b => b != a).Select(b => (a, b)));

    /// <summary>Archives a change in memory; null on success, else why not.</summary>
    private static string? TryArchive(IOpenSpecFiles files, OpenSpecOptions? options, Dictionary<string, ReadOnlyMemory<byte>?> state, string id)
    {
        var outcome = new OpenSpecProject(new OverlayFiles(files, state), options).DryRunArchive(id);
        if (outcome is ArchiveOutcome.Refused refused)
            return refused.Refusals[0].Message;
        foreach (var spec in ((ArchiveOutcome.Clean)outcome).Specs.Where(s => s.IsWritten))
            state[spec.Path] = spec.Text is null ? null : new ReadOnlyMemory<byte>(System.Text.Encoding.UTF8.GetBytes(spec.Text));
        return null;
    }
}
