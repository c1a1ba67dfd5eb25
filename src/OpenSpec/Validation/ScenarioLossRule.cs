using OpenSpec.Documents;
using OpenSpec.Merging;
using OpenSpec.Parsing;

namespace OpenSpec.Validation;

/// <summary>Rule C9: a MODIFIED block replaces the whole requirement, so it must keep every scenario that the main spec has.</summary>
internal static class ScenarioLossRule
{
    public static void Check(DeltaSpec delta, MainSpecLookup main, string path, string file, IssueList issues)
    {
        if (delta.Modified.Count == 0 || main.IsAbsent)
            return;
        if (main.Document is null)
        {
            issues.Add("C9", path, null, "The main spec cannot be read, so the MODIFIED requirements cannot be compared with it. Archiving reads the same file: repair it first.", file);
            return;
        }

        var current = new Dictionary<string, Requirement>(StringComparer.Ordinal);
        foreach (var requirement in main.Document.Content.Requirements)
            current[Names.Key(requirement.Name)] = requirement;
        var renamedFrom = new Dictionary<string, string>(StringComparer.Ordinal);
        var renamedAway = new HashSet<string>(StringComparer.Ordinal);
        foreach (var rename in delta.Renamed)
        {
            renamedFrom[Names.Key(rename.To)] = Names.Key(rename.From);
            renamedAway.Add(Names.Key(rename.From));
        }

        foreach (var modified in delta.Modified)
        {
            var key = Names.Key(modified.Name);
            if (renamedAway.Contains(key) || Find(key, current, renamedFrom) is not { } before)
                continue;
            var balance = ScenarioBalance.Between(before, modified);
            if (balance.Missing.Count > 0)
            {
                issues.Add("C9", path, null, $"The MODIFIED requirement \"{modified.Name}\" drops scenarios that the main spec has: {balance.Describe()} Copy the missing ones into the block.", file, modified.Name, modified.Header.Line);
            }
        }
    }

    /// <summary>The block of a name, or of the name that it is renamed from. Renames may form chains and circles.</summary>
    private static Requirement? Find(string key, Dictionary<string, Requirement> current, Dictionary<string, string> renamedFrom)
    {
        for (var steps = 0; steps <= renamedFrom.Count; steps++)
        {
            if (current.TryGetValue(key, out var found))
                return found;
            if (!renamedFrom.TryGetValue(key, out key!))
                return null;
        }

        return null;
    }
}
