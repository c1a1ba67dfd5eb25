namespace OpenSpec.Validation;

/// <summary>A rule of validation.</summary>
/// <param name="Id">Its id: C for changes, P for proposals, S for main specs, T for task files, A for archived changes, F for files.</param>
/// <param name="Level">The level of its issues.</param>
/// <param name="Title">What it is about.</param>
/// <param name="Remedy">What to do when it is broken.</param>
/// <param name="Since">First version of OpenSpec that has it at this level, as measured on fourteen versions; null when it was not measured, or when the rule is this library's own.</param>
public sealed record ValidationRule(string Id, IssueLevel Level, string Title, string Remedy, string? Since)
{
    /// <summary>The level before <see cref="Since"/>; null when there was no such rule.</summary>
    public IssueLevel? LevelBefore { get; init; }

    /// <summary>The level in a version of OpenSpec; null when it has no such rule. A rule whose beginning was not measured counts as one of every version.</summary>
    public IssueLevel? LevelIn(Version version) =>
        Since is null || version >= Version.Parse(Since) ? Level : LevelBefore;
}

/// <summary>The rules of validation as OpenSpec 1.13.2 has them, and the versions that they came with.</summary>
public static class RuleTable
{
    /// <summary>The version of OpenSpec whose verdicts this library gives.</summary>
    public const string Version = "1.13.2";

    private static readonly ValidationRule[] Rules =
    [
        new("C0", IssueLevel.Error, "Folder around changes", "Move each change directly below changes/ and give it a flat name.", "1.13.1"),
        new("C1", IssueLevel.Error, "Delta spec at the root of specs/", "Move it to specs/CAPABILITY/spec.md.", "1.7.0"),
        new("C2", IssueLevel.Info, "Header that is ignored", "Write \"### Requirement: NAME\", or make it bold text if it is no requirement.", null),
        new("C3", IssueLevel.Error, "Rename without its partner", "Write each rename as a FROM line followed by its TO line.", "1.13.1"),
        new("C4", IssueLevel.Warning, "Requirement outside every delta section", "Move it below ADDED, MODIFIED, REMOVED or RENAMED Requirements.", "1.13.1"),
        new("C5", IssueLevel.Error, "Requirement twice in a section", "Keep one of the two, or give one another name.", null),
        new("C6", IssueLevel.Error, "Requirement without a statement", "Write the statement, with SHALL or MUST, between the header and the first scenario.", null),
        new("C7", IssueLevel.Warning, "Statement without SHALL or MUST", "Say in upper case what the system SHALL or MUST do.", "1.8.0") { LevelBefore = IssueLevel.Error },
        new("C8", IssueLevel.Error, "Requirement without a scenario", "Add \"#### Scenario: NAME\" with its WHEN and THEN steps below.", null),
        new("C9", IssueLevel.Error, "Modified requirement loses scenarios", "Copy the scenarios that are still in the main spec into the MODIFIED block.", "1.8.0"),
        new("C10", IssueLevel.Error, "Name twice among the renames", "Keep one rename for each name.", null),
        new("C11", IssueLevel.Error, "Sections contradict each other", "Name each requirement in one section only; MODIFIED uses the new name of a rename.", null),
        new("C12", IssueLevel.Info, "Archive would refuse", "Make the delta fit the main spec as it is now.", null),
        new("C13", IssueLevel.Error, "Delta spec in a file that is not read", "Move its requirements into specs/CAPABILITY/spec.md.", "1.13.1"),
        new("C14", IssueLevel.Error, "Delta sections without entries", "Add \"### Requirement: NAME\" blocks below the section, or remove it.", null),
        new("C15", IssueLevel.Error, "File without delta sections", "Add a section such as \"## ADDED Requirements\", or move the file out of specs/.", null),
        new("C16", IssueLevel.Error, "Marker that cannot be honoured", "Make .openspec.yaml valid, or remove skip_specs from it.", "1.7.0"),
        new("C17", IssueLevel.Error, "Marker contradicts the files", "Remove skip_specs, or delete the files below specs/.", "1.7.0"),
        new("C18", IssueLevel.Info, "No deltas, as declared", "Nothing to do.", "1.7.0"),
        new("C19", IssueLevel.Error, "Change without deltas", "Add specs/CAPABILITY/spec.md, or set skip_specs: true in .openspec.yaml if no behaviour changes.", null),
        new("T1", IssueLevel.Warning, "Task list without checkboxes", "Write each task as \"- [ ] 1.1 TEXT\".", "1.13.1"),
        new("T2", IssueLevel.Warning, "Task number does not fit its group", "Renumber the task, or move it to its group.", "1.9.0"),
        new("T3", IssueLevel.Warning, "Task number used twice", "Renumber the second one.", "1.9.0"),
        new("P1", IssueLevel.Error, "Proposal without its sections", "Write text below \"## Why\" and below \"## What Changes\".", null),
        new("P2", IssueLevel.Error, "Why is too short", "Use at least 50 characters.", null),
        new("P3", IssueLevel.Error, "Why is too long", "Use at most 1,000 characters; details belong into design.md.", null),
        new("P4", IssueLevel.Error, "Proposal without deltas", "Add specs/CAPABILITY/spec.md, or set skip_specs: true in .openspec.yaml if no behaviour changes.", null),
        new("P5", IssueLevel.Error, "Proposal with many deltas", "Consider several changes.", null),
        new("P6", IssueLevel.Error, "Bullet without capability or text", "Write both, or write the bullet as plain text.", null),
        new("P7", IssueLevel.Warning, "Bullet that says too little", "Say what changes, in ten characters at least.", null),
        new("P8", IssueLevel.Warning, "Requirements in the proposal alone", "Write them into a delta spec.", null),
        new("S1", IssueLevel.Error, "No purpose", "Add \"## Purpose\" with a sentence or two.", null),
        new("S2", IssueLevel.Error, "No requirements section", "Add \"## Requirements\".", null),
        new("S3", IssueLevel.Error, "No requirements", "Add \"### Requirement: NAME\" below \"## Requirements\".", null),
        new("S4", IssueLevel.Error, "Requirement without a scenario", "Add \"#### Scenario: NAME\" with its steps.", null),
        new("S5", IssueLevel.Error, "Requirement without text", "Write the requirement's statement.", null),
        new("S7", IssueLevel.Error, "Delta header in a main spec", "Remove it; delta headers belong into changes.", "1.4.1"),
        new("S8", IssueLevel.Error, "Requirement outside the requirements section", "Move it below \"## Requirements\".", "1.4.1"),
        new("S9", IssueLevel.Error, "Requirement declared twice", "Keep one of the two, or give one another name.", "1.8.0"),
        new("S10", IssueLevel.Warning, "Purpose is a placeholder", "Write what the capability is for.", "1.11.0"),
        new("S11", IssueLevel.Warning, "Purpose is too short", "Use at least 50 characters.", null),
        new("S12", IssueLevel.Info, "Requirement is very long", "Split it; more than 500 characters are hard to test.", null),
        new("S13", IssueLevel.Warning, "Requirement without a scenario", "Add \"#### Scenario: NAME\" with its steps; scenarios are level-4 headers.", null),
        new("S14", IssueLevel.Error, "Requirement without a statement", "Write the statement, with SHALL or MUST, between the header and the first scenario.", "1.6.0"),
        new("S15", IssueLevel.Warning, "Statement without SHALL or MUST", "Say in upper case what the system SHALL or MUST do.", "1.8.0") { LevelBefore = IssueLevel.Error },
        new("A1", IssueLevel.Error, "Archived with open tasks", "Finish the tasks, or tick what is done.", "1.9.0"),
        new("F1", IssueLevel.Error, "File cannot be read", "See the message.", null),
        new("F2", IssueLevel.Info, "No line end at the end of the file (repaired, never reported)", "Add one.", null),
    ];

    private static readonly Dictionary<string, ValidationRule> ById = Rules.ToDictionary(r => r.Id, StringComparer.Ordinal);

    /// <summary>All rules.</summary>
    public static IReadOnlyList<ValidationRule> All => Rules;

    /// <summary>A rule by its id. An unknown id is an error of the caller.</summary>
    public static ValidationRule Get(string id) => ById[id];
}
