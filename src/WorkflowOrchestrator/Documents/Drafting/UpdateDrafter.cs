using OpenSpec.Editing;
using Workflow.Changes;
using Workflow.Questions;
using Workflow.Review;

namespace Workflow.Documents.Drafting;

/// <summary>A document as it is on disk.</summary>
/// <param name="Sha256">Of its bytes.</param>
/// <param name="Text">Strictly decoded; a byte order mark is its first character.</param>
internal sealed record DraftedFrom(string Sha256, string Text);

/// <summary>What an update can be made from.</summary>
/// <param name="Change">The change.</param>
/// <param name="OnDisk">The revision that <paramref name="Documents"/> are.</param>
/// <param name="Id">The id that the update will have.</param>
/// <param name="Documents">Its documents by path; <c>review.md</c> too when there is one.</param>
/// <param name="Repairs">Mechanical repairs by document, with their reasons.</param>
/// <param name="Questions">All questions of the revision.</param>
internal sealed record DraftRequest(
    ChangeId Change,
    RevisionHash OnDisk,
    UpdateId Id,
    IReadOnlyDictionary<string, DraftedFrom> Documents,
    IReadOnlyList<DraftedRepair> Repairs,
    IReadOnlyList<QuestionView> Questions)
{
    /// <summary>False when there is a <c>review.md</c> that is not text (or no file): it is somebody else's and is left alone.</summary>
    public bool MayReport { get; init; } = true;

    /// <summary>New texts of requirements that may be written, and those that are only shown.</summary>
    public IReadOnlyList<DraftedBlock> Blocks { get; init; } = [];

    /// <summary>Ticked tasks and all tasks.</summary>
    public (int Done, int All) Tasks { get; init; }

    /// <summary>How the revision was reviewed.</summary>
    public ReviewFacts Review { get; init; } = ReviewFacts.ByRules;
}

/// <summary>A repair of one document.</summary>
internal sealed record DraftedRepair(string Path, IReadOnlyList<TextEdit> Edits, string Reason);

/// <summary>The drafted documents, before the report.</summary>
/// <param name="Files">The edits.</param>
/// <param name="Texts">The new texts of the edited documents, by path.</param>
/// <param name="Repairs">Reasons of the repairs.</param>
/// <param name="Clarified">Ids of the questions whose answers are written.</param>
/// <param name="Reworded">The requirements that get a new text.</param>
internal sealed record DocumentDraft(
    IReadOnlyList<FileEdit.Patch> Files, IReadOnlyDictionary<string, string> Texts, IReadOnlyList<string> Repairs, IReadOnlyList<string> Clarified, IReadOnlyList<DraftedBlock> Reworded);

/// <summary>Makes one update out of repairs, answers and the report. Pure: the same state gives the same edits, and a state that is written already gives none.</summary>
internal static class UpdateDrafter
{
    private static readonly string Proposal = DocumentPath.Proposal.Value;

    /// <summary>First the documents: they decide which findings are fixed.</summary>
    public static DocumentDraft DraftDocuments(DraftRequest request)
    {
        var edits = new SortedDictionary<string, List<TextEdit>>(StringComparer.Ordinal);
        foreach (var repair in request.Repairs)
            AddTo(edits, repair.Path, repair.Edits);
        var reworded = Reword(request, edits);
        var answered = request.Questions.Where(view => view.Answer is { } answer && BlockWorkPlanner.IsUsable(answer)).ToList();
        var clarified = Array.Empty<string>();
        if (request.Documents.TryGetValue(Proposal, out var proposal) && Clarifications.Draft(Repaired(proposal.Text, edits, Proposal), answered) is { Count: > 0 } clarifications)
        {
            // Made from the repaired text: fold both into one replacement of what differs.
            var after = Apply(Repaired(proposal.Text, edits, Proposal), clarifications);
            edits[Proposal] = [Difference(proposal.Text, after)];
            clarified = [.. answered.Select(view => view.Question.Id.Value)];
        }

        var files = new List<FileEdit.Patch>();
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (path, list) in edits)
        {
            list.Sort((a, b) => a.Start.CompareTo(b.Start));
            files.Add(new FileEdit.Patch(DocumentPath.Parse(path), request.Documents[path].Sha256, list));
            texts[path] = Apply(request.Documents[path].Text, list);
        }

        return new DocumentDraft(files, texts, [.. request.Repairs.Select(repair => repair.Reason)], clarified, reworded);
    }

    /// <summary>The documents with the mechanical repairs alone: what requirements are reworded from.</summary>
    public static IReadOnlyDictionary<string, string> Repaired(DraftRequest request)
    {
        var edits = new SortedDictionary<string, List<TextEdit>>(StringComparer.Ordinal);
        foreach (var repair in request.Repairs)
            AddTo(edits, repair.Path, repair.Edits);
        return request.Documents.ToDictionary(pair => pair.Key, pair => Repaired(pair.Value.Text, edits, pair.Key), StringComparer.Ordinal);
    }

    // Each block takes the place of exactly the text that it was made from; where another text stands, nothing is done.
    private static List<DraftedBlock> Reword(DraftRequest request, SortedDictionary<string, List<TextEdit>> edits)
    {
        var reworded = new List<DraftedBlock>();
        foreach (var group in request.Blocks.Where(block => block.Refusal is null).GroupBy(block => block.Path, StringComparer.Ordinal))
        {
            if (!request.Documents.TryGetValue(group.Key, out var document) || !DocumentPath.TryParse(group.Key, out _, out _))
                continue;
            var before = Repaired(document.Text, edits, group.Key);
            var after = before;
            foreach (var block in group)
            {
                if (RequirementEditor.ReplaceRequirement(after, block.Requirement, block.Text, block.BeforeHash).ApplyTo(after) is not EditOutcome.Edited { Text: var next })
                    continue;
                after = next;
                reworded.Add(block);
            }

            if (after != before)
                edits[group.Key] = [Difference(document.Text, after)];
        }

        return reworded;
    }

    /// <summary>Then the report; null when nothing is to be written.</summary>
    /// <param name="request">What it is made from.</param>
    /// <param name="draft">The drafted documents.</param>
    /// <param name="findings">The findings as they stand once the draft is written.</param>
    /// <param name="earlier">Earlier updates of this change that were applied.</param>
    public static UpdatePlan? Complete(DraftRequest request, DocumentDraft draft, IReadOnlyList<TrackedFinding> findings, IReadOnlyList<UpdateRecord> earlier)
    {
        var reason = Reason(draft);
        var updates = earlier
            .Where(update => update.State is UpdateState.Applied or UpdateState.Undone)
            .Select(update => new ReportedUpdate(update.Id, update.Reason, PathsOf(update.Files.Select(file => file.Path)), update.State == UpdateState.Undone))
            .Where(update => update.Paths.Count > 0)
            .ToList();
        if (draft.Files.Count > 0)
            updates.Add(new ReportedUpdate(request.Id, reason, PathsOf(draft.Files.Select(file => file.Path.Value)), Undone: false));
        var existing = request.Documents.GetValueOrDefault(DocumentPath.Review.Value);
        var report = !request.MayReport ? null : ReportRenderer.Render(new ReportContent(request.Change, request.Review, findings, request.Questions, Suggestions(request), updates) { Tasks = request.Tasks }, existing?.Text);
        var files = new List<FileEdit>(draft.Files);
        if (report is not null && report != existing?.Text)
            files.Add(new FileEdit.Whole(DocumentPath.Review, existing?.Sha256, report));
        if (files.Count == 0)
            return null;
        var kinds = (draft.Repairs.Count > 0 ? UpdateKinds.MechanicalRepair : UpdateKinds.None)
            | (draft.Clarified.Count > 0 ? UpdateKinds.Clarification : UpdateKinds.None)
            | (draft.Reworded.Count > 0 ? UpdateKinds.TextEdit : UpdateKinds.None)
            | (files.Count > draft.Files.Count ? UpdateKinds.ReviewReport : UpdateKinds.None);
        return new UpdatePlan(request.Id, request.Change, request.OnDisk, files, kinds, reason)
        {
            QuestionIds = [.. draft.Clarified.Concat(draft.Reworded.SelectMany(block => block.QuestionIds)).Distinct(StringComparer.Ordinal)],
            Model = draft.Reworded.Count > 0 ? draft.Reworded[^1].Model : UpdatePlan.BuiltIn,
        };
    }

    // What may not be written is shown while the text that it was made from stands.
    private static List<DraftedBlock> Suggestions(DraftRequest request) =>
        [.. request.Blocks.Where(block => block.Refusal is not null && block.Text.Length > 0)];

    private static string Reason(DocumentDraft draft)
    {
        var parts = new List<string>();
        if (draft.Repairs.Count == 1)
            parts.Add(draft.Repairs[0]);
        else if (draft.Repairs.Count > 1)
            parts.Add($"{draft.Repairs.Count} mechanical faults repaired");
        if (draft.Reworded.Count > 0)
            parts.Add(draft.Reworded.Count == 1 ? $"'{Markdown.Shorten(Markdown.Line(draft.Reworded[0].Requirement), 60)}' reworded" : $"{draft.Reworded.Count} requirements reworded");
        if (draft.Clarified.Count > 0)
            parts.Add($"{draft.Clarified.Count} answer{(draft.Clarified.Count == 1 ? "" : "s")} written");
        return parts.Count == 0 ? "review report" : string.Join(", ", parts);
    }

    private static List<string> PathsOf(IEnumerable<string> paths) => [.. paths.Where(path => path != DocumentPath.Review.Value)];

    private static void AddTo(SortedDictionary<string, List<TextEdit>> edits, string path, IReadOnlyList<TextEdit> more)
    {
        if (!edits.TryGetValue(path, out var list))
            edits[path] = list = [];
        list.AddRange(more);
    }

    private static string Repaired(string text, SortedDictionary<string, List<TextEdit>> edits, string path) =>
        edits.TryGetValue(path, out var repairs) ? Apply(text, repairs) : text;

    private static string Apply(string text, IReadOnlyList<TextEdit> edits) =>
        TextEdits.Apply(text, edits) switch
        {
            EditOutcome.Edited edited => edited.Text,
            EditOutcome.Conflict conflict => throw new InvalidOperationException($"Edits drafted from a text do not fit it: {conflict.Reason}"),
            _ => throw new InvalidOperationException("Unknown outcome of an edit."),
        };

    // One edit from the first to the last difference.
    private static TextEdit Difference(string before, string after)
    {
        var start = before.AsSpan().CommonPrefixLength(after);
        var end = 0;
        while (end < before.Length - start && end < after.Length - start && before[before.Length - 1 - end] == after[after.Length - 1 - end])
            end++;
        return new TextEdit(start, before[start..(before.Length - end)], after[start..(after.Length - end)]);
    }
}
