using OpenSpec.Documents;
using OpenSpec.Parsing;

namespace OpenSpec.Validation;

/// <summary>The rules on one delta spec: C2 to C8, C10 and C11.</summary>
internal sealed class DeltaRules(DeltaSpec spec, string path, string file, IssueList issues)
{
    private readonly HashSet<string> _added = new(StringComparer.Ordinal);
    private readonly HashSet<string> _modified = new(StringComparer.Ordinal);
    private readonly HashSet<string> _removed = new(StringComparer.Ordinal);

    /// <summary>Rules that come before the comparison with the main spec.</summary>
    public void CheckBlocks()
    {
        CheckSkippedHeaders();
        CheckUnpairedRenames();
        CheckOrphans();
        foreach (var requirement in spec.Added)
            CheckRequirement("ADDED", requirement, _added);
        foreach (var requirement in spec.Modified)
            CheckRequirement("MODIFIED", requirement, _modified);
    }

    /// <summary>Rules that come after it.</summary>
    public void CheckNames()
    {
        foreach (var removed in spec.Removed)
            CheckUnique("REMOVED", removed.Name, removed.Span.Line, _removed);
        CheckRenames();
        CheckSections();
        CheckRenamesAgainstSections();
    }

    private void CheckSkippedHeaders()
    {
        foreach (var header in spec.SkippedHeaders)
        {
            var isNameless = EcmaText.EqualsIgnoreAsciiCase(header.Title, "requirement") || EcmaText.EqualsIgnoreAsciiCase(header.Title, "requirement:");
            Add("C2", header.Span.Line, isNameless
                ? $"The header \"### {header.Title}\" has no name, so it is ignored. Write \"### Requirement: NAME\"."
                : $"The header \"### {header.Title}\" is no requirement header, so it is ignored. If it is a requirement, write \"### Requirement: {header.Title}\".");
        }
    }

    private void CheckUnpairedRenames()
    {
        foreach (var rename in spec.UnpairedRenames)
        {
            Add("C3", rename.Span.Line, rename.IsFrom
                ? $"The line FROM \"{rename.Name}\" has no TO line. Write each rename as a FROM line followed by its TO line."
                : $"The line TO \"{rename.Name}\" has no FROM line before it. Write each rename as a FROM line followed by its TO line.", rename.Name);
        }
    }

    private void CheckOrphans()
    {
        foreach (var orphan in spec.Orphans)
        {
            var place = orphan.Section is null ? "above the first \"## \" section" : $"in the section \"{orphan.Section}\"";
            Add("C4", orphan.Span.Line, $"The requirement \"{orphan.Name}\" stands {place}, which is no delta section, so it is ignored. Move it below \"## ADDED Requirements\" or one of its kind.", orphan.Name);
        }
    }

    private void CheckRequirement(string section, Requirement requirement, HashSet<string> names)
    {
        CheckUnique(section, requirement.Name, requirement.Header.Line, names);
        var where = $"{section} requirement \"{requirement.Name}\"";
        var hint = StatementReader.HasKeyword(requirement.Name) ? " It stands in the header only; the statement belongs on the line below." : "";
        if (!requirement.HasBody)
            Add("C6", null, $"The {where} has no statement. Write what the system SHALL or MUST do between its header and its first scenario.{hint}", requirement.Name, requirement.Header.Line);
        else if (!requirement.HasKeyword)
            Add("C7", null, $"The statement of the {where} has neither SHALL nor MUST.{hint}", requirement.Name, requirement.Header.Line);
        if (requirement.ScenarioCount > 0)
            return;
        Add("C8", null, requirement.Scenarios.Count > 0
            ? $"The {where} has no scenario: its scenario header has no steps below it. Add \"- **WHEN** …\" and \"- **THEN** …\"."
            : $"The {where} has no scenario. Add \"#### Scenario: NAME\" with its steps.", requirement.Name, requirement.Header.Line);
    }

    private void CheckUnique(string section, string name, int line, HashSet<string> names)
    {
        if (!names.Add(Names.Key(name)))
            Add("C5", null, $"The requirement \"{name}\" is twice in the {section} section. Keep one of the two.", name, line);
    }

    private void CheckRenames()
    {
        var from = new HashSet<string>(StringComparer.Ordinal);
        var to = new HashSet<string>(StringComparer.Ordinal);
        foreach (var rename in spec.Renamed)
        {
            if (!from.Add(Names.Key(rename.From)))
                Add("C10", null, $"\"{rename.From}\" is renamed twice. Keep one of the renames.", rename.From, rename.FromSpan.Line);
            if (!to.Add(Names.Key(rename.To)))
                Add("C10", null, $"Two requirements are renamed to \"{rename.To}\". Give one of them another name.", rename.To, rename.ToSpan.Line);
        }
    }

    private void CheckSections()
    {
        foreach (var name in _modified)
        {
            if (_removed.Contains(name))
                AddContradiction("MODIFIED", "REMOVED", name);
            if (_added.Contains(name))
                AddContradiction("MODIFIED", "ADDED", name);
        }

        foreach (var name in _added)
        {
            if (_removed.Contains(name))
                AddContradiction("ADDED", "REMOVED", name);
        }
    }

    private void CheckRenamesAgainstSections()
    {
        var removedByFold = new Dictionary<string, string>(StringComparer.Ordinal);
        if (spec.Renamed.Count > 0)
        {
            foreach (var name in _removed)
                removedByFold.TryAdd(Names.Fold(name), name);
        }

        foreach (var rename in spec.Renamed)
        {
            var from = Names.Key(rename.From);
            if (_modified.Contains(from))
                Add("C11", null, $"The MODIFIED section names \"{rename.From}\", which is renamed. Use its new name \"{rename.To}\".", rename.From, rename.FromSpan.Line);
            if (_added.Contains(Names.Key(rename.To)))
                Add("C11", null, $"\"{rename.From}\" is renamed to \"{rename.To}\", which the ADDED section adds, too.", rename.To, rename.ToSpan.Line);
            if (removedByFold.TryGetValue(Names.Fold(from), out var removed))
            {
                var spelling = removed == from ? "" : $" (there spelt \"{removed}\")";
                Add("C11", null, $"\"{rename.From}\" is both renamed and removed{spelling}.", rename.From, rename.FromSpan.Line);
            }
        }
    }

    private void AddContradiction(string first, string second, string name) =>
        Add("C11", null, $"The requirement \"{name}\" is in both the {first} and the {second} section. Name it in one of them.", name);

    private void Add(string rule, int? line, string message, string? requirement = null, int? sourceLine = null) =>
        issues.Add(rule, path, line, message, file, requirement, sourceLine);
}
