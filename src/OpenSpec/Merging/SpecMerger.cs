using OpenSpec.Documents;
using OpenSpec.Parsing;
using OpenSpec.Validation;

namespace OpenSpec.Merging;

/// <summary>Merges one delta into one main spec, as archiving does.</summary>
internal sealed class SpecMerger
{
    private readonly string _capability;
    private readonly DeltaSpec _delta;
    private readonly bool _isNew;
    private readonly MainSpec _target;
    private readonly List<string> _warnings;
    private readonly RequirementMap _blocks = new();
    private readonly MergeBlock[] _originals;
    private readonly string[] _order;
    private readonly Dictionary<string, int> _firstIndex = new(StringComparer.Ordinal);
    private MergeCounts _counts;

    private SpecMerger(string capability, DeltaSpec delta, MainSpec target, bool isNew, List<string> warnings)
    {
        _capability = capability;
        _delta = delta;
        _target = target;
        _isNew = isNew;
        _warnings = warnings;
        _originals = target.Requirements.Select(MergeBlock.Of).ToArray();
        _order = Array.ConvertAll(_originals, b => Names.Key(b.Name));
        for (var i = 0; i < _originals.Length; i++)
        {
            _blocks.Set(_order[i], _originals[i]);
            _firstIndex.TryAdd(_order[i], i);
        }
    }

    /// <summary>Merges.</summary>
    /// <param name="capability">Capability path.</param>
    /// <param name="delta">The delta.</param>
    /// <param name="target">The main spec; null when there is none.</param>
    /// <param name="changeId">Named in the placeholder purpose of a new spec.</param>
    public static MergeResult Merge(string capability, DeltaSpec delta, MainSpec? target, string changeId)
    {
        if (DeltaConflicts.Check(capability, delta) is { } conflict)
            return conflict;
        var warnings = delta.Orphans.Select(o => $"{capability}: the requirement \"{o.Name}\" (line {o.Span.Line}) stands outside the delta sections, so it is not applied.").ToList();
        var isNew = target is null;
        if (isNew && (delta.Modified.Count > 0 || delta.Renamed.Count > 0))
            return MergeResult.Refused(capability, null, "the main spec does not exist, so nothing of it can be modified or renamed. Use ADDED Requirements.");
        var spec = target ?? MainSpec.Parse(NewSpec(capability, delta, changeId, warnings));
        if (!isNew)
            WarnOfIgnoredPurpose(capability, delta, spec.Source.Text, warnings);
        var structure = SpecStructure.Find(spec.Source);
        if (structure.Count > 0)
        {
            var details = string.Join(" ", structure.Select(i => $"Line {i.Line}: {i.Message}"));
            return MergeResult.Refused(capability, structure[0].Requirement, $"the main spec has to be repaired first. {details}");
        }

        return new SpecMerger(capability, delta, spec, isNew, warnings).Run();
    }

    private MergeResult Run()
    {
        foreach (var rename in _delta.Renamed)
        {
            if (Rename(rename) is { } refusal)
                return refusal;
        }

        foreach (var removed in _delta.Removed)
        {
            if (Remove(removed.Name) is { } refusal)
                return refusal;
        }

        foreach (var modified in _delta.Modified)
        {
            if (Modify(modified) is { } refusal)
                return refusal;
        }

        foreach (var added in _delta.Added)
        {
            if (Add(added) is { } refusal)
                return refusal;
        }

        var blocks = InFinalOrder();
        return new() { ComposeText = () => Compose(blocks), Counts = _counts, Warnings = _warnings, IsEmptied = blocks.Count == 0 };
    }

    private MergeResult? Rename(RenamedRequirement rename)
    {
        var from = Names.Key(rename.From);
        var to = Names.Key(rename.To);
        if (_blocks.Find(from) is not { } block)
        {
            if (!_blocks.Contains(to))
                return Refuse(rename.From, $"\"{rename.From}\" cannot be renamed: the main spec has no requirement of this name.");
            // Both gone and there: the rename has been made already, unless the old name is only mistyped.
            return _blocks.FindNearMiss(from, except: to) is { } similar
                ? Refuse(rename.From, $"\"{rename.From}\" cannot be renamed: the main spec spells it \"{similar.Name}\".")
                : null;
        }

        if (_blocks.Contains(to))
            return Refuse(rename.To, $"\"{rename.From}\" cannot be renamed to \"{rename.To}\": the main spec has a requirement of this name already.");
        if (_blocks.FindNearMiss(to, except: from) is { } other)
            return Refuse(rename.To, $"\"{rename.From}\" cannot be renamed to \"{rename.To}\": it differs from \"{other.Name}\" only in case or spacing.");
        _blocks.Remove(from);
        _blocks.Set(to, block.Renamed(to));
        MoveInOrder(from, to);
        _counts = _counts with { Renamed = _counts.Renamed + 1 };
        return null;
    }

    /// <summary>The block keeps its place under its new name.</summary>
    private void MoveInOrder(string from, string to)
    {
        if (!_firstIndex.Remove(from, out var index))
            return;
        _order[index] = to;
        _firstIndex[to] = _firstIndex.TryGetValue(to, out var other) ? Math.Min(other, index) : index;
        var next = Array.IndexOf(_order, from, index + 1);
        if (next >= 0)
            _firstIndex[from] = next;
    }

    private MergeResult? Remove(string name)
    {
        var key = Names.Key(name);
        if (_blocks.Contains(key))
        {
            _blocks.Remove(key);
            _counts = _counts with { Removed = _counts.Removed + 1 };
            return null;
        }

        if (_isNew)
            return null;
        if (_blocks.FindNearMiss(key) is { } similar)
            return Refuse(name, $"\"{name}\" cannot be removed: the main spec spells it \"{similar.Name}\".");
        Warn($"the requirement \"{name}\" is not in the main spec; it counts as removed already.");
        return null;
    }

    private MergeResult? Modify(Requirement modified)
    {
        var key = Names.Key(modified.Name);
        if (_blocks.Find(key) is not { } current)
            return Refuse(modified.Name, $"\"{modified.Name}\" cannot be modified: the main spec has no requirement of this name.");
        var block = MergeBlock.Of(modified);
        if (!HasOwnHeader(block.Text, key))
            return Refuse(modified.Name, $"the header of \"{modified.Name}\" cannot be read.");
        var balance = ScenarioBalance.Between(current.Source, modified);
        if (balance.Missing.Count > 0)
            return Refuse(modified.Name, $"the MODIFIED requirement \"{modified.Name}\" drops scenarios that the main spec has: {balance.Describe()}");
        if (!current.HasSameText(block))
            _counts = _counts with { Modified = _counts.Modified + 1 };
        _blocks.Set(key, block);
        return null;
    }

    /// <summary>A nameless header loses its trailing blanks when the block is trimmed, and then is none.</summary>
    private static bool HasOwnHeader(string text, string key)
    {
        var end = text.IndexOf('\n', StringComparison.Ordinal);
        return Headers.TryRequirement(end < 0 ? text : text.AsSpan(0, end), out var name) && name.SequenceEqual(key);
    }

    private MergeResult? Add(Requirement added)
    {
        var key = Names.Key(added.Name);
        var block = MergeBlock.Of(added);
        if (_blocks.Find(key) is { } existing)
            return existing.HasSameText(block) ? null : Refuse(added.Name, $"\"{added.Name}\" cannot be added: the main spec has a requirement of this name already. Use MODIFIED Requirements.");
        if (_blocks.FindNearMiss(key) is { } similar)
            return Refuse(added.Name, $"\"{added.Name}\" cannot be added: it differs from \"{similar.Name}\" only in case or spacing. Modify that one, or choose another name.");
        _blocks.Set(key, block);
        _counts = _counts with { Added = _counts.Added + 1 };
        return null;
    }

    private List<MergeBlock> InFinalOrder()
    {
        var result = new List<MergeBlock>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < _originals.Length; i++)
        {
            var block = _blocks.Find(_order[i]);
            if (block is not null)
            {
                result.Add(block);
                seen.Add(_order[i]);
            }

            if (!ReferenceEquals(block, _originals[i]))
                WarnOfLostTail(_originals[i], block);
        }

        result.AddRange(_blocks.InOrder().Where(b => !seen.Contains(b.Key)).Select(b => b.Block));
        return result;
    }

    private void WarnOfLostTail(MergeBlock original, MergeBlock? replacement)
    {
        if (ForeignTail.Find(original.Text) is { } tail && !ForeignTail.IsKept(tail.Text, original.Text, replacement?.Text))
            Warn($"\"{tail.Heading}\" stands inside the requirement \"{original.Name}\" and goes with it. Move it elsewhere to keep it.");
    }

    private string Compose(List<MergeBlock> blocks)
    {
        var section = _target.Block;
        var text = _target.Source;
        var body = new List<string>();
        if (section.HeaderLine < 0)
        {
            body.AddRange(blocks.Select(b => b.Text));
            // Without a section to replace the original keeps the text as it is, line ends and byte order mark included.
            return SpecText.Compose(EcmaText.TrimEnd(text.Text), "## Requirements", EcmaText.TrimEnd(string.Join("\n\n", body)));
        }

        var preamble = EcmaText.TrimEnd(text.JoinLines(section.HeaderLine + 1, section.FirstBlockLine));
        if (!EcmaText.IsBlank(preamble))
            body.Add(preamble);
        body.AddRange(blocks.Select(b => b.Text));
        return SpecText.Compose(
            EcmaText.TrimEnd(text.JoinLines(0, section.HeaderLine)),
            text.At(section.HeaderLine).ToString(),
            EcmaText.TrimEnd(string.Join("\n\n", body)),
            EcmaText.Trim(text.JoinLines(section.EndLine, text.LineCount)));
    }

    private static string NewSpec(string capability, DeltaSpec delta, string changeId, List<string> warnings)
    {
        if (delta.Removed.Count > 0)
            warnings.Add($"{capability}: the main spec does not exist, so there is nothing to remove.");
        var placeholder = PurposeSection.Skeleton(capability, PurposeSection.Placeholder(changeId));
        if (PurposeSection.Extract(delta.Source.Text) is not { } purpose)
            return placeholder;
        var skeleton = PurposeSection.Skeleton(capability, purpose);
        if (PurposeSection.ReadableOverview(skeleton) is not { } overview)
        {
            warnings.Add($"{capability}: the purpose in the delta would make the new spec unreadable, so a placeholder is written.");
            return placeholder;
        }

        if (overview.Length < SpecValidator.MinPurposeLength)
            warnings.Add($"{capability}: the purpose in the delta has fewer than {SpecValidator.MinPurposeLength} characters, so the new spec will not be valid in strict mode.");
        return skeleton;
    }

    private static void WarnOfIgnoredPurpose(string capability, DeltaSpec delta, string target, List<string> warnings)
    {
        if (PurposeSection.Extract(delta.Source.Text) is { } purpose && PurposeSection.Extract(target) is { } existing && existing != purpose)
            warnings.Add($"{capability}: the purpose in the delta is ignored, because the main spec has one. Edit it there.");
    }

    private MergeResult Refuse(string requirement, string message) => MergeResult.Refused(_capability, requirement, message);

    private void Warn(string message) => _warnings.Add($"{_capability}: {message}");
}
