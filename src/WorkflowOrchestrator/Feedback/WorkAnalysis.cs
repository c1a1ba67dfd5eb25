using System.Text.Json;
using Workflow.Storage;

namespace Workflow.Feedback;

/// <summary>Turns events into a <see cref="WorkReport"/>. Pure: the same events give the same report.</summary>
internal static class WorkAnalysis
{
    public static WorkReport Analyze(IReadOnlyList<WorkflowEvent> events)
    {
        var counts = events.GroupBy(e => e.Type, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Count(), StringComparer.Ordinal);
        return new WorkReport(
            events.Count == 0 ? 0 : events[0].Id,
            events.Count == 0 ? 0 : events[^1].Id,
            events.Count,
            Stages(events),
            Routes(events),
            counts);
    }

    private static List<StageTimes> Stages(IReadOnlyList<WorkflowEvent> events)
    {
        var entered = new Dictionary<(string, string), (string Stage, DateTimeOffset At)>();
        var times = new SortedDictionary<string, List<double>>(StringComparer.Ordinal);
        foreach (var e in events)
        {
            if (e is not { Type: EventTypes.RevisionStage or EventTypes.RevisionDetected, Change: { } change, Revision: { } revision } || (Text(e.Data, "stage") ?? Text(e.Data, "to")) is not { } stage)
                continue;
            if (entered.TryGetValue((change, revision), out var before) && before.Stage != stage)
            {
                if (!times.TryGetValue(before.Stage, out var list))
                    times[before.Stage] = list = [];
                list.Add(Math.Max(0, (e.At - before.At).TotalSeconds)); // the wall clock may have been set back
            }

            entered[(change, revision)] = (stage, e.At);
        }

        return [.. times.Select(pair => new StageTimes(pair.Key, pair.Value.Count, Median(pair.Value), pair.Value.Max()))];
    }

    private static List<RouteRecord> Routes(IReadOnlyList<WorkflowEvent> events) =>
        [.. from e in events
            where e.Type == EventTypes.RouteTried
            group e by Text(e.Data, "route") ?? "unknown" into route
            orderby route.Key
            select new RouteRecord(route.Key, route.Count(), route.Count(e => Text(e.Data, "outcome") == "answered"))];

    private static double Median(List<double> values)
    {
        values.Sort();
        var middle = values.Count / 2;
        return values.Count % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }

    private static string? Text(JsonElement data, string name) =>
        data.ValueKind == JsonValueKind.Object && data.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
