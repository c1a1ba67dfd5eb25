namespace OpenSpec.Schemas;

/// <summary>An artifact that another one builds on.</summary>
/// <param name="Id">Its id.</param>
/// <param name="IsDone">Whether it is there, or not needed.</param>
/// <param name="IsSkipped">Whether it is not needed, because the change declares that it has no spec deltas: there is nothing to read.</param>
/// <param name="OutputPath">Path or glob of its files, relative to the change.</param>
/// <param name="Description">What it is.</param>
public sealed record ArtifactDependency(string Id, bool IsDone, bool IsSkipped, string OutputPath, string Description);

/// <summary>
/// What an author needs to write one artifact of a change: what <c>openspec instructions ARTIFACT --change ID --json</c> says, with paths relative to
/// the change. The texts of OpenSpec's own schema belong to OpenSpec and are null here; the index of referenced stores, which lies outside of the project, is
/// left out.
/// </summary>
/// <param name="ChangeId">The change.</param>
/// <param name="ArtifactId">The artifact.</param>
/// <param name="SchemaName">The change's workflow schema; empty when it cannot be told.</param>
/// <param name="Fault">Why nothing can be told, for people; null when all is well.</param>
public sealed record ArtifactInstructions(string ChangeId, string ArtifactId, string SchemaName, string? Fault)
{
    /// <summary>Path or glob of its files, relative to the change.</summary>
    public string OutputPath { get; init; } = "";

    /// <summary>Its existing files, relative to the change, in ordinal order. To revise the artifact is to edit these.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>What it is; of OpenSpec's own schema in our words.</summary>
    public string Description { get; init; } = "";

    /// <summary>Text of the template to fill in, from the schema's folder; null for OpenSpec's own schema.</summary>
    public string? Template { get; init; }

    /// <summary>How to write it, from the schema; null when it says nothing, and for OpenSpec's own schema.</summary>
    public string? Instruction { get; init; }

    /// <summary>What the project's configuration tells authors of every artifact; a constraint, not a text to copy. Null when it says nothing.</summary>
    public string? Context { get; init; }

    /// <summary>What the project's configuration asks of this artifact; constraints, not texts to copy.</summary>
    public IReadOnlyList<string> Rules { get; init; } = [];

    /// <summary>Whether the change declares that it has no spec deltas and this artifact is one: it must not be written.</summary>
    public bool IsSkipped { get; init; }

    /// <summary>What it builds on, in order of declaration.</summary>
    public IReadOnlyList<ArtifactDependency> Dependencies { get; init; } = [];

    /// <summary>Artifacts that build on it, in order of declaration.</summary>
    public IReadOnlyList<string> Unlocks { get; init; } = [];

    /// <summary>Whether something that it builds on is missing.</summary>
    public bool IsBlocked => Dependencies.Any(d => !d.IsDone);
}
