using OpenSpec.Documents;

namespace OpenSpec.Merging;

/// <summary>The scenarios of a requirement as it is and as a MODIFIED block would make it.</summary>
/// <param name="Missing">Names that the block drops, with multiplicity.</param>
/// <param name="Added">Names that only the block has.</param>
/// <param name="Current">Number of scenarios in the main spec.</param>
/// <param name="Incoming">Number of scenarios in the block.</param>
internal sealed record ScenarioBalance(IReadOnlyList<string> Missing, IReadOnlyList<string> Added, int Current, int Incoming)
{
    public static ScenarioBalance Between(Requirement current, Requirement incoming) => new(
        Difference(current.Scenarios, incoming.Scenarios),
        Difference(incoming.Scenarios, current.Scenarios),
        current.Scenarios.Count,
        incoming.Scenarios.Count);

    /// <summary>What is dropped and what the two blocks hold, in one sentence or two.</summary>
    public string Describe()
    {
        var added = Added.Count == 0 ? "" : $" It adds {Quote(Added)}: if that is a new name for a scenario, keep the old name.";
        return $"{Quote(Missing)}. The block has {Incoming} of them, the main spec {Current}.{added}";
    }

    private static string Quote(IReadOnlyList<string> names)
    {
        var shown = string.Join(", ", names.Take(5).Select(n => $"\"{n}\""));
        return names.Count > 5 ? $"{shown} and {names.Count - 5} more" : shown;
    }

    private static List<string> Difference(IReadOnlyList<Scenario> scenarios, IReadOnlyList<Scenario> others)
    {
        var left = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var other in others)
            left[other.Name] = left.GetValueOrDefault(other.Name) + 1;
        var result = new List<string>();
        foreach (var scenario in scenarios)
        {
            var count = left.GetValueOrDefault(scenario.Name);
            if (count > 0)
                left[scenario.Name] = count - 1;
            else
                result.Add(scenario.Name);
        }

        return result;
    }
}
