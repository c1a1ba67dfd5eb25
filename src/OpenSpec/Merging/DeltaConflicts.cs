using OpenSpec.Documents;
using OpenSpec.Parsing;

namespace OpenSpec.Merging;

/// <summary>What makes a delta contradict itself, whatever the main spec says.</summary>
internal static class DeltaConflicts
{
    /// <summary>The first refusal; null when there is none.</summary>
    public static MergeResult? Check(string capability, DeltaSpec delta)
    {
        if (delta.UnpairedRenames.Count > 0)
        {
            var unpaired = delta.UnpairedRenames[0];
            return MergeResult.Refused(capability, unpaired.Name, $"the rename on line {unpaired.Span.Line} (\"{unpaired.Name}\") has no {(unpaired.IsFrom ? "TO" : "FROM")} line.");
        }

        var added = new HashSet<string>(StringComparer.Ordinal);
        var modified = new HashSet<string>(StringComparer.Ordinal);
        var removed = new HashSet<string>(StringComparer.Ordinal);
        return CheckUnique(capability, "ADDED", delta.Added.Select(r => r.Name), added)
            ?? CheckUnique(capability, "MODIFIED", delta.Modified.Select(r => r.Name), modified)
            ?? CheckUnique(capability, "REMOVED", delta.Removed.Select(r => r.Name), removed)
            ?? CheckRenames(capability, delta)
            ?? CheckRenamesAgainstSections(capability, delta, added, modified, removed)
            ?? CheckSections(capability, added, modified, removed)
            ?? (delta.EntryCount == 0 ? MergeResult.Refused(capability, null, "the delta has no entries. Add requirements below ADDED, MODIFIED, REMOVED or RENAMED Requirements.") : null);
    }

    private static MergeResult? CheckUnique(string capability, string section, IEnumerable<string> names, HashSet<string> seen)
    {
        foreach (var name in names)
        {
            if (!seen.Add(Names.Key(name)))
                return MergeResult.Refused(capability, name, $"the requirement \"{name}\" is twice in the {section} section.");
        }

        return null;
    }

    private static MergeResult? CheckRenames(string capability, DeltaSpec delta)
    {
        var from = new HashSet<string>(StringComparer.Ordinal);
        var to = new HashSet<string>(StringComparer.Ordinal);
        foreach (var rename in delta.Renamed)
        {
            if (!from.Add(Names.Key(rename.From)))
                return MergeResult.Refused(capability, rename.From, $"\"{rename.From}\" is renamed twice.");
            if (!to.Add(Names.Key(rename.To)))
                return MergeResult.Refused(capability, rename.To, $"two requirements are renamed to \"{rename.To}\".");
        }

        return null;
    }

    private static MergeResult? CheckRenamesAgainstSections(
        string capability, DeltaSpec delta, HashSet<string> added, HashSet<string> modified, HashSet<string> removed)
    {
        if (delta.Renamed.Count == 0)
            return null;
        var removedFolds = removed.Select(Names.Fold).ToHashSet(StringComparer.Ordinal);
        foreach (var rename in delta.Renamed)
        {
            if (removedFolds.Contains(Names.Fold(Names.Key(rename.From))))
                return MergeResult.Refused(capability, rename.From, $"\"{rename.From}\" is both renamed and removed.");
            if (modified.Contains(Names.Key(rename.From)))
                return MergeResult.Refused(capability, rename.From, $"the MODIFIED section names \"{rename.From}\", which is renamed; it must use the new name \"{rename.To}\".");
            if (added.Contains(Names.Key(rename.To)))
                return MergeResult.Refused(capability, rename.To, $"\"{rename.From}\" is renamed to \"{rename.To}\", which is added, too.");
        }

        return null;
    }

    private static MergeResult? CheckSections(string capability, HashSet<string> added, HashSet<string> modified, HashSet<string> removed)
    {
        foreach (var name in modified)
        {
            if (removed.Contains(name))
                return Contradiction(capability, name, "MODIFIED", "REMOVED");
            if (added.Contains(name))
                return Contradiction(capability, name, "MODIFIED", "ADDED");
        }

        return added.FirstOrDefault(removed.Contains) is { } both ? Contradiction(capability, both, "ADDED", "REMOVED") : null;
    }

    private static MergeResult Contradiction(string capability, string name, string first, string second) =>
        MergeResult.Refused(capability, name, $"the requirement \"{name}\" is in both the {first} and the {second} section.");
}
