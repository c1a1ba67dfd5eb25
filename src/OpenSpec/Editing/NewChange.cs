namespace OpenSpec.Editing;

/// <summary>A scenario to write.</summary>
/// <param name="Name">Its name.</param>
/// <param name="When">What happens.</param>
/// <param name="Then">What shall follow; at least one.</param>
public sealed record NewScenario(string Name, string When, IReadOnlyList<string> Then);

/// <summary>A requirement to write.</summary>
/// <param name="Name">Its name; unique in its capability.</param>
/// <param name="Statement">What the system SHALL or MUST do.</param>
/// <param name="Scenarios">At least one.</param>
public sealed record NewRequirement(string Name, string Statement, IReadOnlyList<NewScenario> Scenarios);

/// <summary>What a change does to one capability.</summary>
/// <param name="Capability">Capability path, such as <c>identity/user-auth</c>.</param>
/// <param name="Purpose">For a new capability: what it is for, at least 50 characters; null for an existing one.</param>
/// <param name="Added">Requirements to add.</param>
/// <param name="ModifiedBlocks">Whole blocks, with header and all scenarios, that replace those of the same name.</param>
/// <param name="Removed">Names to remove, each with the reason.</param>
public sealed record NewDelta(
    string Capability, string? Purpose, IReadOnlyList<NewRequirement> Added, IReadOnlyList<string> ModifiedBlocks, IReadOnlyList<(string Name, string Reason)> Removed);

/// <summary>A group of tasks.</summary>
/// <param name="Title">Its title.</param>
/// <param name="Tasks">One line each, saying how it is verified.</param>
public sealed record NewTaskGroup(string Title, IReadOnlyList<string> Tasks);

/// <summary>A change to write.</summary>
/// <param name="Id">Kebab-case, at most 200 characters, not used by another change.</param>
/// <param name="Created">Day of creation, local.</param>
/// <param name="Title">Title of the proposal.</param>
/// <param name="Why">Why; between 50 and 1,000 characters.</param>
/// <param name="WhatChanges">What changes, one item each; at least one.</param>
/// <param name="Deltas">What it does to requirements; empty for a change that touches none, which is then marked so.</param>
/// <param name="Tasks">At least one group with at least one task.</param>
public sealed record NewChange(
    string Id, DateOnly Created, string Title, string Why, IReadOnlyList<string> WhatChanges, IReadOnlyList<NewDelta> Deltas, IReadOnlyList<NewTaskGroup> Tasks)
{
    /// <summary>Name of the workflow schema.</summary>
    public string Schema { get; init; } = "spec-driven";

    /// <summary>Sections of the proposal after the required ones, title and text.</summary>
    public IReadOnlyList<(string Title, string Text)> MoreSections { get; init; } = [];

    /// <summary>Text of <c>design.md</c>; null for none.</summary>
    public string? Design { get; init; }

    /// <summary>Further keys of <c>.openspec.yaml</c>, which OpenSpec keeps and ignores.</summary>
    public IReadOnlyList<(string Key, string Value)> Metadata { get; init; } = [];
}

/// <summary>What came of writing a change.</summary>
public abstract record NewChangeOutcome
{
    private NewChangeOutcome()
    {
    }

    /// <summary>The files, which are valid in strict mode and archive cleanly.</summary>
    /// <param name="Files">Path relative to the <c>openspec</c> folder to text.</param>
    public sealed record Written(IReadOnlyDictionary<string, string> Files) : NewChangeOutcome;

    /// <summary>The change cannot be written so that OpenSpec accepts it.</summary>
    /// <param name="Reasons">Why, for people.</param>
    public sealed record Rejected(IReadOnlyList<string> Reasons) : NewChangeOutcome;
}
