namespace OpenSpec.Schemas;

/// <summary>A document that a workflow asks for.</summary>
/// <param name="Id">Its id, such as <c>design</c>.</param>
/// <param name="Generates">Path or glob of its files, relative to the change.</param>
/// <param name="Description">What it is.</param>
/// <param name="Requires">Ids of the artifacts that come before it.</param>
public sealed record Artifact(string Id, string Generates, string Description, IReadOnlyList<string> Requires)
{
    /// <summary>Path of its template below the schema's <c>templates</c> folder; null for <see cref="WorkflowSchema.SpecDriven"/>, whose texts are OpenSpec's own.</summary>
    public string? Template { get; init; }

    /// <summary>How authors are told to write it, as in the schema; null when it says nothing, and for <see cref="WorkflowSchema.SpecDriven"/>.</summary>
    public string? Instruction { get; init; }
}

/// <summary>What has to be there before a change is applied.</summary>
/// <param name="Requires">Ids of artifacts.</param>
/// <param name="Tracks">The artifact's <see cref="Artifact.Generates"/> whose checkboxes tell the progress; null when none is named.</param>
public sealed record ApplyPhase(IReadOnlyList<string> Requires, string? Tracks)
{
    /// <summary>How those who apply are told to work, as in the schema; null when it says nothing, and for <see cref="WorkflowSchema.SpecDriven"/>.</summary>
    public string? Instruction { get; init; }
}

/// <summary>A workflow schema.</summary>
/// <param name="Name">The name written in it.</param>
/// <param name="Version">A positive number.</param>
/// <param name="Description">What it is for; may be empty.</param>
/// <param name="Artifacts">At least one, in order of declaration; requirements form no circle.</param>
/// <param name="Apply">Null when it says nothing about applying.</param>
public sealed record WorkflowSchema(string Name, int Version, string Description, IReadOnlyList<Artifact> Artifacts, ApplyPhase? Apply)
{
    /// <summary>The schema that comes with OpenSpec: its structure, with descriptions of our own. Its templates and instructions are OpenSpec's and are not here.</summary>
    public static WorkflowSchema SpecDriven { get; } = new(
        "spec-driven",
        1,
        "Proposal, specs, design, tasks",
        [
            new("proposal", "proposal.md", "Why the change is made and what it changes", []),
            new("specs", "specs/**/*.md", "What the system shall do, as deltas to its specs", ["proposal"]),
            new("design", "design.md", "How it is built", ["proposal"]),
            new("tasks", "tasks.md", "The steps, as checkboxes", ["specs", "design"]),
        ],
        new(["tasks"], "tasks.md"));

    /// <summary>The artifact whose files hold the checkboxes; null when there is none.</summary>
    public Artifact? TrackedTasks => Apply?.Tracks is { } tracks
        ? Artifacts.FirstOrDefault(a => a.Generates == tracks)
        : Artifacts.FirstOrDefault(a => a.Id == "tasks");

    /// <summary>What has to be there before a change is applied: every artifact when the schema does not say.</summary>
    public IReadOnlyList<string> ApplyRequires => Apply?.Requires ?? Artifacts.Select(a => a.Id).ToArray();

    /// <summary>Reads a <c>schema.yaml</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="fault">Why it is not a schema, for people; null on success.</param>
    public static WorkflowSchema? TryParse(string text, out string? fault) => SchemaReader.TryRead(text, out fault);
}
