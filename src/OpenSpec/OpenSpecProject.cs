using OpenSpec.Documents;
using OpenSpec.Merging;
using OpenSpec.Parsing;
using OpenSpec.Validation;

namespace OpenSpec;

/// <summary>
/// An <c>openspec</c> folder: what is in it, what is wrong with it, and what archiving would do. Every call reads the files anew, so it
/// shows the folder as it is at that time. Members are safe for concurrent use if the files are.
/// </summary>
/// <param name="files">The folder.</param>
/// <param name="options">Limits; null for the defaults.</param>
public sealed class OpenSpecProject(IOpenSpecFiles files, OpenSpecOptions? options = null)
{
    private readonly OpenSpecOptions _options = options ?? OpenSpecOptions.Default;

    /// <summary>
    /// Ids of the active changes in ordinal order: the directories in <c>changes/</c> except <c>archive</c> and dot directories.
    /// </summary>
    public IReadOnlyList<string> ChangeIds() => files.List("changes")
        .Where(e => e.Kind == OpenSpecEntryKind.Directory && e.Name != "archive" && !e.Name.StartsWith('.'))
        .Select(e => e.Name)
        .ToArray();

    /// <summary>Capability paths of the main specs in ordinal order.</summary>
    public IReadOnlyList<string> SpecIds() =>
        SpecDiscovery.Capabilities(SpecDiscovery.Walk(Loader(), "specs")).Select(f => f.Capability!).ToArray();

    /// <summary>Validates a change as <c>openspec validate ID</c> does. An id that is no change gives a report with one error.</summary>
    public ItemReport ValidateChange(string id) => throw new NotSupportedException("Comes with the next commit.");

    /// <summary>Validates a main spec as <c>openspec validate ID</c> does. An id that is no capability gives a report with one error.</summary>
    public ItemReport ValidateSpec(string id) => throw new NotSupportedException("Comes with the next commit.");

    /// <summary>What <c>openspec archive ID --yes</c> would do.</summary>
    public ArchiveOutcome DryRunArchive(string id) => throw new NotSupportedException("Comes with the next commit.");

    /// <summary>Reads all documents of a change.</summary>
    public ChangeDocuments ReadChange(string id)
    {
        var root = "changes/" + id;
        if (!ChangeIds().Contains(id, StringComparer.Ordinal))
            return new(id, Exists: false);
        var loader = Loader();
        var deltas = SpecDiscovery.Capabilities(SpecDiscovery.Walk(loader, root + "/specs"))
            .Select(f => (Capability: f.Capability!, Document: loader.Load(f.Path, DeltaSpec.Parse)))
            .Where(d => d.Document is not null)
            .Select(d => new DeltaDocument(d.Capability, d.Document!))
            .ToArray();
        var tasks = loader.Load(root + "/tasks.md", TaskList.Parse);
        return new(id, Exists: true)
        {
            Proposal = loader.Load(root + "/proposal.md", Proposal.Parse),
            Design = loader.Load(root + "/design.md", MarkdownDocument.Parse),
            TaskFiles = tasks is null ? [] : [tasks],
            DeltaSpecs = deltas,
            Metadata = loader.Load(root + "/.openspec.yaml", ChangeMetadata.Parse),
            Faults = loader.Faults,
        };
    }

    /// <summary>Reads a main spec; null when there is none.</summary>
    public OpenSpecDocument<MainSpec>? ReadSpec(string id) => Loader().Load("specs/" + id + "/spec.md", MainSpec.Parse);

    private DocumentLoader Loader() => new(files, _options);
}
