namespace OpenSpec.Documents;

/// <summary>A delta spec and the capability that it belongs to.</summary>
/// <param name="Capability">Capability path, such as <c>identity/user-auth</c>.</param>
/// <param name="Document">The document.</param>
public sealed record DeltaDocument(string Capability, OpenSpecDocument<DeltaSpec> Document);

/// <summary>Everything written in one change.</summary>
/// <param name="Id">The change's directory name.</param>
/// <param name="Exists">Whether there is such a directory.</param>
public sealed record ChangeDocuments(string Id, bool Exists)
{
    /// <summary><c>proposal.md</c>; null when absent.</summary>
    public OpenSpecDocument<Proposal>? Proposal { get; init; }

    /// <summary><c>design.md</c>; null when absent.</summary>
    public OpenSpecDocument<MarkdownDocument>? Design { get; init; }

    /// <summary>The task files that the change's schema tracks; usually one, <c>tasks.md</c>.</summary>
    public IReadOnlyList<OpenSpecDocument<TaskList>> TaskFiles { get; init; } = [];

    /// <summary>The first of <see cref="TaskFiles"/>; null when there is none.</summary>
    public OpenSpecDocument<TaskList>? Tasks => TaskFiles.Count > 0 ? TaskFiles[0] : null;

    /// <summary>The delta specs by capability, in ordinal order.</summary>
    public IReadOnlyList<DeltaDocument> DeltaSpecs { get; init; } = [];

    /// <summary><c>.openspec.yaml</c>; null when absent.</summary>
    public OpenSpecDocument<ChangeMetadata>? Metadata { get; init; }

    /// <summary>What could not be read faithfully.</summary>
    public IReadOnlyList<DocumentFault> Faults { get; init; } = [];
}
