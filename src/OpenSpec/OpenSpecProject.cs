using OpenSpec.Documents;
using OpenSpec.Merging;
using OpenSpec.Parsing;
using OpenSpec.Schemas;
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
    public ItemReport ValidateChange(string id) => ValidateChange(Context(), id);

    /// <summary>Validates a main spec as <c>openspec validate ID</c> does. An id that is no capability gives a report with one error.</summary>
    public ItemReport ValidateSpec(string id) => ValidateSpec(Context(), id);

    /// <summary>Validates every change and every main spec, as <c>openspec validate --all</c> does and in its order; files that several items need are read once.</summary>
    /// <param name="changes">Whether to validate the changes.</param>
    /// <param name="specs">Whether to validate the main specs.</param>
    public IReadOnlyList<ItemReport> ValidateAll(bool changes = true, bool specs = true)
    {
        var context = Context();
        var items = new List<Func<ItemReport>>();
        if (changes)
            items.AddRange(ChangeIds().Select(id => (Func<ItemReport>)(() => ValidateChange(context, id))));
        if (specs)
            items.AddRange(SpecIds().Select(id => (Func<ItemReport>)(() => ValidateSpec(context, id))));
        return Run(items).OrderBy(r => r.Id, ItemOrder.Comparer).ToArray();
    }

    /// <summary>
    /// Hints on the proposal of a change, as <c>openspec archive</c> prints them without blocking anything. A requirement's own issues are left to
    /// <see cref="ValidateChange(string)"/>. Empty when there is no proposal, which is allowed.
    /// </summary>
    public IReadOnlyList<ValidationIssue> CheckProposal(string id)
    {
        var change = new ChangeFiles(Context(), id);
        return change.Loader.Load(change.Root + "/proposal.md", Proposal.Parse) is { Fault: null or { Kind: DocumentFaultKind.NotUtf8 } } proposal
            ? ProposalRules.Check(change, proposal.Content)
            : [];
    }

    /// <summary>Checks that archived changes have no open tasks, as <c>openspec validate --archived</c> does.</summary>
    public IReadOnlyList<ItemReport> ValidateArchived()
    {
        var context = Context();
        return files.List("changes/archive")
            .Where(e => e.Kind == OpenSpecEntryKind.Directory && !e.Name.StartsWith('.'))
            .Select(e => ValidateArchived(context, e.Name))
            .ToArray();
    }

    /// <summary>What <c>openspec archive ID --yes</c> would do.</summary>
    /// <param name="id">Change id.</param>
    /// <param name="today">The day that the archived change would be named after; null to leave out whether that name is taken.</param>
    public ArchiveOutcome DryRunArchive(string id, DateOnly? today = null) => ArchiveDryRun.Run(Context(), id, today);

    /// <summary>The artifacts of a change, as <c>openspec status --change ID</c> has them.</summary>
    public ChangeStatus Status(string id) => ArtifactGraph.StatusOf(Context(), id);

    /// <summary>What an author needs to write an artifact of a change, as <c>openspec instructions ARTIFACT --change ID</c> has it.</summary>
    /// <param name="changeId">Change id.</param>
    /// <param name="artifactId">Id of an artifact of the change's workflow schema, such as <c>design</c>.</param>
    public ArtifactInstructions Instructions(string changeId, string artifactId) => InstructionReader.Read(Context(), changeId, artifactId);

    /// <summary>Whether a change can be applied and what is left to do, as <c>openspec instructions apply --change ID</c> has it.</summary>
    public ApplyInstructions ApplyInstructions(string id) => ApplyReader.Read(Context(), id);

    /// <summary>Progress of a change: done and all checkboxes of the task files that its schema tracks, else of <c>tasks.md</c>.</summary>
    public (int Completed, int Total) TaskProgress(string id)
    {
        var tasks = new ChangeFiles(Context(), id).ProgressFiles;
        return (tasks.Sum(t => t.Tasks.Completed), tasks.Sum(t => t.Tasks.Total));
    }

    /// <summary>Reads all documents of a change.</summary>
    public ChangeDocuments ReadChange(string id)
    {
        var root = "changes/" + id;
        if (!ChangeIds().Contains(id, StringComparer.Ordinal))
            return new(id, Exists: false);
        var change = new ChangeFiles(Context(), id);
        return new(id, Exists: true)
        {
            Proposal = change.Loader.Load(root + "/proposal.md", Proposal.Parse),
            Design = change.Loader.Load(root + "/design.md", MarkdownDocument.Parse),
            TaskFiles = change.ProgressDocuments,
            DeltaSpecs = change.Deltas,
            Metadata = change.Metadata,
            Faults = change.Loader.Faults,
        };
    }

    /// <summary>Reads a main spec; null when there is none.</summary>
    public OpenSpecDocument<MainSpec>? ReadSpec(string id) => Loader().Load("specs/" + id + "/spec.md", MainSpec.Parse);

    private static ItemReport ValidateChange(ProjectContext context, string id)
    {
        try
        {
            return ChangeValidator.Report(context, id);
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
        {
            return ItemReport.Create(ItemType.Change, id, Unreadable(ex.Message, "changes/" + id).Items, []);
        }
    }

    private static ItemReport ValidateArchived(ProjectContext context, string name)
    {
        var change = new ChangeFiles(context, "archive/" + name);
        var tasks = change.ProgressFiles;
        var (completed, total) = (tasks.Sum(t => t.Tasks.Completed), tasks.Sum(t => t.Tasks.Total));
        var issues = new IssueList();
        if (completed < total)
            issues.Add("A1", "tasks.md", null, $"{total - completed} of {total} tasks are open. Finish them, or tick what is done.", change.Root + "/tasks.md");
        return ItemReport.Create(ItemType.Change, name, issues.Items, change.Loader.Faults);
    }

    private static ItemReport ValidateSpec(ProjectContext context, string id)
    {
        try
        {
            return ReportOnSpec(context, id);
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
        {
            return ItemReport.Create(ItemType.Spec, id, Unreadable(ex.Message, ProjectContext.MainSpecPath(id)).Items, []);
        }
    }

    private static ItemReport ReportOnSpec(ProjectContext context, string id)
    {
        var path = ProjectContext.MainSpecPath(id);
        var lookup = context.MainSpec(id);
        var issues = lookup.Document is { } document
            ? SpecValidator.Validate(document.Content, path)
            : Unreadable(lookup.Fault?.Message ?? $"There is no readable file {path}. Check the name.", path);
        return ItemReport.Create(ItemType.Spec, id, issues.Items, lookup.Fault is { } fault ? [fault] : []);
    }

    private static IssueList Unreadable(string message, string path)
    {
        var issues = new IssueList();
        issues.Add("F1", "file", null, message, path);
        return issues;
    }

    /// <summary>The reports in the order of the items, made by as many threads as the options allow. This one is one of them.</summary>
    private ItemReport[] Run(List<Func<ItemReport>> items)
    {
        var reports = new ItemReport[items.Count];
        var next = -1;
        var helpers = new Task[Math.Clamp(_options.MaxParallelism, 1, Math.Max(1, items.Count)) - 1];
        for (var i = 0; i < helpers.Length; i++)
            helpers[i] = Task.Run(TakeAll);
        TakeAll();
        Task.WaitAll(helpers);
        return reports;

        void TakeAll()
        {
            for (var i = Interlocked.Increment(ref next); i < reports.Length; i = Interlocked.Increment(ref next))
                reports[i] = items[i]();
        }
    }

    private ProjectContext Context() => new(files, _options);

    private DocumentLoader Loader() => new(files, _options);
}
