namespace OpenSpec.Schemas;

/// <summary>How far an artifact is. Only whether its files exist counts, not what is in them.</summary>
public enum ArtifactState
{
    /// <summary>It has at least one file.</summary>
    Done,

    /// <summary>The change declares that it has no spec deltas, so none are needed.</summary>
    Skipped,

    /// <summary>Everything that it requires is there.</summary>
    Ready,

    /// <summary>Something that it requires is missing.</summary>
    Blocked,
}

/// <summary>An artifact of a change.</summary>
/// <param name="Id">Its id.</param>
/// <param name="OutputPath">Path or glob of its files, relative to the change.</param>
/// <param name="State">How far it is.</param>
/// <param name="Requires">What comes before it.</param>
/// <param name="MissingDependencies">What of that is missing, in order of declaration; empty unless blocked.</param>
/// <param name="Files">Its existing files, relative to the change.</param>
public sealed record ArtifactStatus(
    string Id, string OutputPath, ArtifactState State, IReadOnlyList<string> Requires, IReadOnlyList<string> MissingDependencies, IReadOnlyList<string> Files);

/// <summary>What <c>openspec status --change ID --json</c> says about the artifacts of a change.</summary>
/// <param name="ChangeId">The change.</param>
/// <param name="SchemaName">Its workflow schema; empty when it cannot be told.</param>
/// <param name="Artifacts">In the order in which they are made; empty when the schema cannot be told.</param>
/// <param name="ApplyRequires">Artifacts that must be there before the change is applied.</param>
/// <param name="Fault">Why nothing can be told, for people; null when all is well.</param>
public sealed record ChangeStatus(string ChangeId, string SchemaName, IReadOnlyList<ArtifactStatus> Artifacts, IReadOnlyList<string> ApplyRequires, string? Fault)
{
    /// <summary>Whether every artifact is done or skipped. Says nothing about tasks.</summary>
    public bool IsPlanningComplete => Fault is null && Artifacts.All(a => a.State is ArtifactState.Done or ArtifactState.Skipped);

    /// <summary>The first artifact that can be made now; null when there is none.</summary>
    public ArtifactStatus? Next => Artifacts.FirstOrDefault(a => a.State == ArtifactState.Ready);
}
