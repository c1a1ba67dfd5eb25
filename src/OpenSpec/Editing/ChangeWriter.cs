using System.Globalization;
using System.Text;
using OpenSpec.Merging;
using OpenSpec.Parsing;
using OpenSpec.Schemas;
using OpenSpec.Validation;

namespace OpenSpec.Editing;

/// <summary>Writes new changes: what it gives back has been validated in strict mode and archived in memory against the project it is for.</summary>
public static class ChangeWriter
{
    private const int MaxIdLength = 200;
    private const int MinWhyLength = 50;
    private const int MaxWhyLength = 1000;

    /// <summary>Writes a change for a project.</summary>
    public static NewChangeOutcome Write(IOpenSpecFiles project, NewChange change, OpenSpecOptions? options = null)
    {
        var faults = Check(change).ToList();
        if (project.List("changes").Any(e => e.Name == change.Id))
            faults.Add($"There is a change \"{change.Id}\" already.");
        if (faults.Count > 0)
            return new NewChangeOutcome.Rejected(faults);
        var files = Files(change);
        var overlay = new OverlayFiles(project, files.ToDictionary(f => f.Key, f => (ReadOnlyMemory<byte>?)Encoding.UTF8.GetBytes(f.Value), StringComparer.Ordinal));
        var preview = new OpenSpecProject(overlay, options);
        var report = preview.ValidateChange(change.Id);
        faults.AddRange(report.Issues.Where(i => i.Level != IssueLevel.Info || i.Rule is "C2" or "C12").Select(i => $"{i.Path}: {i.Message}"));
        if (preview.DryRunArchive(change.Id) is ArchiveOutcome.Refused refused)
            faults.AddRange(refused.Refusals.Select(r => r.Message).Where(m => !faults.Any(f => f.Contains(m))));
        return faults.Count == 0 ? new NewChangeOutcome.Written(files) : new NewChangeOutcome.Rejected(faults);
    }

    /// <summary>A change id made of a title: lower case, words joined by hyphens; empty when the title has no ASCII letter or digit.</summary>
    public static string IdFrom(string title)
    {
        var id = new StringBuilder();
        foreach (var c in title)
        {
            if (char.IsAsciiLetterOrDigit(c))
                id.Append(char.ToLowerInvariant(c));
            else if (id.Length > 0 && id[^1] != '-')
                id.Append('-');
        }

        return (id.Length > 60 ? id.ToString(0, 60) : id.ToString()).Trim('-');
    }

    /// <summary>Why a name is no id for a new change; null when it is one.</summary>
    public static string? CheckId(string id)
    {
        if (id.Length is 0 or > MaxIdLength)
            return $"A change id has 1 to {MaxIdLength} characters.";
        if (id == "archive")
            return "\"archive\" is no change id: archived changes are kept in the folder of that name.";
        return MetadataRules.IsKebab(id) ? null : $"\"{id}\" is no change id: use lower-case letters and digits, joined by single hyphens.";
    }

    private static IEnumerable<string> Check(NewChange change)
    {
        if (CheckId(change.Id) is { } fault)
            yield return fault;
        var why = EcmaText.Trim(change.Why);
        if (why.Length is < MinWhyLength or > MaxWhyLength)
            yield return $"The reason has {why.Length} characters; it needs {MinWhyLength} to {MaxWhyLength}.";
        if (change.WhatChanges.Count == 0)
            yield return "Say what changes.";
        if (change.Tasks.Sum(g => g.Tasks.Count) == 0)
            yield return "The change has no task.";
        foreach (var line in OneLiners(change).Where(l => l.AsSpan().IndexOfAny('\n', '\r') >= 0 || EcmaText.IsBlank(l)))
            yield return $"This has to be one line of text: \"{line}\".";
        foreach (var capability in change.Deltas.Select(d => d.Capability).Where(c => c.Split('/').Any(s => s is "" or "." or ".." || s.StartsWith('.') || s.Contains('\\'))))
            yield return $"\"{capability}\" is no capability path.";
        foreach (var key in change.Metadata.Select(m => m.Key).Where(k => k.Length == 0 || !k.All(c => char.IsAsciiLetterLower(c) || c == '_')))
            yield return $"\"{key}\" is no metadata key: use lower-case letters and underscores.";
    }

    private static IEnumerable<string> OneLiners(NewChange change) =>
        change.WhatChanges
            .Append(change.Title)
            .Concat(change.Tasks.SelectMany(g => g.Tasks.Prepend(g.Title)))
            .Concat(change.MoreSections.Select(s => s.Title))
            .Concat(change.Deltas.SelectMany(d => d.Added.Select(r => r.Name).Concat(d.Removed.SelectMany(r => new[] { r.Name, r.Reason }))))
            .Concat(change.Deltas.SelectMany(d => d.Added).SelectMany(r => r.Scenarios).SelectMany(s => s.Then.Prepend(s.When).Prepend(s.Name)));

    private static Dictionary<string, string> Files(NewChange change)
    {
        var root = "changes/" + change.Id;
        var files = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [root + "/.openspec.yaml"] = MetadataText(change),
            [root + "/proposal.md"] = ProposalText(change),
            [root + "/tasks.md"] = TasksText(change),
        };
        if (change.Design is { } design)
            files[root + "/design.md"] = Block(design);
        foreach (var delta in change.Deltas)
            files[$"{root}/specs/{delta.Capability}/spec.md"] = DeltaText(delta);
        return files;
    }

    private static string MetadataText(NewChange change)
    {
        var text = new StringBuilder();
        text.Append("schema: ").Append(Quote(change.Schema)).Append('\n');
        text.Append("created: ").Append(change.Created.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)).Append('\n');
        if (change.Deltas.Count == 0)
            text.Append("skip_specs: true\n");
        foreach (var (key, value) in change.Metadata)
            text.Append(key).Append(": ").Append(Quote(value)).Append('\n');
        return text.ToString();
    }

    /// <summary>A plain word as it is, anything else in double quotes, escaped as in JSON, which YAML shares.</summary>
    private static string Quote(string value) =>
        MetadataRules.IsKebab(value) && YamlText.Resolve(value) is YamlNode.Text ? value : "\"" + System.Text.Encodings.Web.JavaScriptEncoder.Default.Encode(value) + "\"";

    private static string ProposalText(NewChange change)
    {
        var text = new StringBuilder($"# {change.Title}\n\n## Why\n\n{Block(change.Why)}\n## What Changes\n\n");
        foreach (var item in change.WhatChanges)
            text.Append("- ").Append(EcmaText.Trim(item)).Append('\n');
        text.Append("\n## Capabilities\n\n");
        AppendCapabilities(text, "New Capabilities", change.Deltas.Where(d => d.Purpose is not null));
        AppendCapabilities(text, "Modified Capabilities", change.Deltas.Where(d => d.Purpose is null));
        foreach (var (title, content) in change.MoreSections)
            text.Append($"## {title}\n\n{Block(content)}\n");
        return EcmaText.TrimEnd(text.ToString()) + "\n";
    }

    private static void AppendCapabilities(StringBuilder text, string title, IEnumerable<NewDelta> deltas)
    {
        var lines = deltas.Select(d => $"- `{d.Capability}`\n").ToArray();
        text.Append($"### {title}\n\n{(lines.Length == 0 ? "None.\n" : string.Concat(lines))}\n");
    }

    private static string TasksText(NewChange change)
    {
        var text = new StringBuilder("# Tasks\n");
        var groups = change.Tasks.Where(g => g.Tasks.Count > 0).ToArray();
        for (var i = 0; i < groups.Length; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n## {i + 1}. {EcmaText.Trim(groups[i].Title)}\n\n");
            for (var j = 0; j < groups[i].Tasks.Count; j++)
                text.Append(CultureInfo.InvariantCulture, $"- [ ] {i + 1}.{j + 1} {EcmaText.Trim(groups[i].Tasks[j])}\n");
        }

        return text.ToString();
    }

    private static string DeltaText(NewDelta delta)
    {
        var parts = new List<string>();
        if (delta.Purpose is { } purpose)
            parts.Add($"## Purpose\n\n{EcmaText.Trim(purpose)}");
        if (delta.Added.Count > 0)
            parts.Add("## ADDED Requirements\n\n" + string.Join("\n\n", delta.Added.Select(RequirementText)));
        if (delta.ModifiedBlocks.Count > 0)
            parts.Add("## MODIFIED Requirements\n\n" + string.Join("\n\n", delta.ModifiedBlocks.Select(b => EcmaText.Trim(b))));
        if (delta.Removed.Count > 0)
            parts.Add("## REMOVED Requirements\n\n" + string.Join("\n\n", delta.Removed.Select(r => $"### Requirement: {r.Name}\n\n**Reason**: {r.Reason}")));
        return Block(string.Join("\n\n", parts));
    }

    private static string RequirementText(NewRequirement requirement)
    {
        var text = new StringBuilder($"### Requirement: {EcmaText.Trim(requirement.Name)}\n\n{EcmaText.Trim(requirement.Statement)}");
        foreach (var scenario in requirement.Scenarios)
        {
            text.Append($"\n\n#### Scenario: {EcmaText.Trim(scenario.Name)}\n\n- **WHEN** {EcmaText.Trim(scenario.When)}");
            for (var i = 0; i < scenario.Then.Count; i++)
                text.Append($"\n- **{(i == 0 ? "THEN" : "AND")}** {EcmaText.Trim(scenario.Then[i])}");
        }

        return text.ToString();
    }

    private static string Block(string text) => EcmaText.Trim(EcmaText.NormalizeLineEnds(text)) + "\n";
}
