using System.Globalization;
using OpenSpec.Documents;
using OpenSpec.Parsing;

namespace OpenSpec.Validation;

/// <summary>
/// Rules on <c>proposal.md</c>, which the original looks at only while it archives, as hints that block nothing: <c>validate</c> never reads the file.
/// </summary>
internal sealed class ProposalRules(ChangeFiles change, Proposal proposal)
{
    private const int MinWhyLength = 50;
    private const int MaxWhyLength = 1000;
    private const int MaxDeltas = 10;
    private const int MinDescriptionLength = 10;

    private readonly IssueList _issues = new();
    private readonly string _file = change.Root + "/proposal.md";

    public static IReadOnlyList<ValidationIssue> Check(ChangeFiles change, Proposal proposal)
    {
        var rules = new ProposalRules(change, proposal);
        rules.Check();
        return rules._issues.Items;
    }

    private void Check()
    {
        if (proposal.Why is not { HasContent: true } why)
        {
            _issues.Add("P1", "file", null, "The proposal has no text below \"## Why\". Say what the problem is and why it is solved now.", _file, sourceLine: proposal.Why?.Header.Line);
            return;
        }

        if (proposal.WhatChanges is not { HasContent: true } whatChanges)
        {
            _issues.Add("P1", "file", null, "The proposal has no text below \"## What Changes\". List what changes, one bullet each.", _file, sourceLine: proposal.WhatChanges?.Header.Line);
            return;
        }

        var marker = change.ReadMarker("skip_specs");
        if (marker.Fault is not null)
            _issues.Add("C16", ".openspec.yaml", null, $"skip_specs is set but not honoured, because .openspec.yaml is not valid: {marker.Fault}. Repair it.", change.Root + "/.openspec.yaml");
        CheckWhy(why);
        if (change.Deltas.Any(d => d.Document.Content.HasDeltaSections))
            CheckCount(change.Deltas.Sum(d => d.Document.Content.EntryCount), marker.IsHonoured);
        else
            CheckProse(ProseDelta.ReadAll(whatChanges.Content), marker.IsHonoured, whatChanges);
    }

    private void CheckWhy(Section why)
    {
        var length = why.Content.Length;
        if (length < MinWhyLength)
            _issues.Add("P2", "why", null, $"\"## Why\" has {length} characters; at least {MinWhyLength} are wanted. Say what the problem is and whom it hurts.", _file, sourceLine: why.Header.Line);
        if (length > MaxWhyLength)
            _issues.Add("P3", "why", null, $"\"## Why\" has {length.ToString("N0", CultureInfo.InvariantCulture)} characters; at most {MaxWhyLength:N0} are wanted. Move details to design.md.", _file, sourceLine: why.Header.Line);
    }

    private void CheckCount(int count, bool needsNone)
    {
        if (count == 0 && !needsNone)
            _issues.Add("P4", "deltas", null, "The change has no deltas. Add specs/CAPABILITY/spec.md, or set skip_specs: true in .openspec.yaml if no requirement changes.", _file);
        if (count > MaxDeltas)
            _issues.Add("P5", "deltas", null, $"The change has {count} deltas; more than {MaxDeltas} are hard to review and to archive. Consider several changes.", _file);
    }

    /// <summary>Without delta sections the original takes bullets such as <c>- **capability:** text</c> for deltas.</summary>
    private void CheckProse(IReadOnlyList<ProseDelta> deltas, bool needsNone, Section whatChanges)
    {
        var line = whatChanges.Header.Line;
        // The original looks into the list only when its length is right.
        for (var i = 0; i < deltas.Count && deltas.Count <= MaxDeltas; i++)
        {
            if (deltas[i].Capability.Length == 0)
                _issues.Add("P6", $"deltas.{i}.spec", null, $"Bullet {i + 1} of \"## What Changes\" names no capability between the asterisks. Write one, or write the bullet as plain text.", _file, sourceLine: line);
            if (deltas[i].Description.Length == 0)
                _issues.Add("P6", $"deltas.{i}.description", null, $"Bullet {i + 1} of \"## What Changes\" says nothing about {deltas[i].Capability}. Say what changes.", _file, sourceLine: line);
        }

        CheckCount(deltas.Count, needsNone);
        for (var i = 0; i < deltas.Count; i++)
        {
            if (deltas[i].Description.Length < MinDescriptionLength)
                _issues.Add("P7", $"deltas[{i}].description", null, $"\"{deltas[i].Description}\" says too little about {deltas[i].Capability}: at least {MinDescriptionLength} characters are wanted.", _file, sourceLine: line);
            if (deltas[i].Operation is DeltaOperation.Added or DeltaOperation.Modified)
                _issues.Add("P8", $"deltas[{i}].requirements", null, $"What changes in {deltas[i].Capability} stands in the proposal alone. Write its requirements into specs/{deltas[i].Capability}/spec.md.", _file, sourceLine: line);
        }
    }
}
