using System.Text;
using System.Text.Unicode;
using OpenSpec.Editing;
using Workflow.Changes;
using Workflow.Documents;
using Workflow.Documents.Drafting;
using Workflow.Questions;
using Workflow.Review;
using Workflow.Review.BuiltIn;
using Workflow.Storage;

namespace Workflow;

/// <summary>What drafting came to.</summary>
internal abstract record DraftOutcome
{
    private DraftOutcome()
    {
    }

    internal sealed record PlanMade(UpdatePlan Plan) : DraftOutcome;

    /// <summary>Everything that is known stands in the documents already.</summary>
    internal sealed record NothingToDo : DraftOutcome;

    /// <summary>The documents are not those of the revision any more.</summary>
    internal sealed record DocumentsMoved : DraftOutcome;
}

/// <summary>Gathers what an update is made from: the documents on disk, their repairs, the questions, and which findings remain once it is written.</summary>
internal sealed class UpdateDrafting(
    RevisionReader revisions,
    IChangeReviewer reviewer,
    FindingStore findings,
    IQuestions questions,
    IDocumentUpdates documents,
    BlockDrafter blocks,
    IStore store,
    Hosting.CurrentSettings settings,
    TimeProvider time)
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Makes the plan for what is known now.</summary>
    public async Task<DraftOutcome> DraftAsync(RevisionRecord work, CancellationToken cancellationToken)
    {
        var id = UpdateId.New(time); // before the questions are read: what is answered from now on is newer than this update
        if (await revisions.ReadAsync(work, cancellationToken) is not { } content)
            return new DraftOutcome.DocumentsMoved();
        if (content.Obstacles.Count > 0)
            return new DraftOutcome.NothingToDo();
        var texts = Texts(content);
        var request = new DraftRequest(work.Change, content.Change.Revision, id, texts, Repairs(content, work.Change, texts), questions.QuestionsOf(work.Change, work.Hash))
        {
            MayReport = texts.ContainsKey(DocumentPath.Review.Value) || !HasReport(content),
        };
        var found = findings.OfRevision(work.Change, work.Hash);
        request = request with { Blocks = await DraftBlocksAsync(work, content, request, found, cancellationToken), Review = findings.FactsOf(work.Change, work.Hash) ?? ReviewFacts.ByRules, Tasks = content.Project.TaskProgress(work.Change.Value) };
        await ReportSuspiciousAsync(work, request.Questions, cancellationToken);
        var draft = UpdateDrafter.DraftDocuments(request);
        var remaining = await reviewer.ReviewAsync(Request(work, content.With(BytesOf(draft.Texts)), found), cancellationToken);
        var tracked = FindingTracker.AfterWriting(found, remaining.Findings);
        var earlier = await documents.GetChangeHistoryAsync(work.Change, cancellationToken);
        return UpdateDrafter.Complete(request, draft, tracked, earlier) is { } plan ? new DraftOutcome.PlanMade(plan) : new DraftOutcome.NothingToDo();
    }

    // New texts of requirements: those that a person has said no to are not made again.
    private async Task<IReadOnlyList<DraftedBlock>> DraftBlocksAsync(
        RevisionRecord work, RevisionContent content, DraftRequest request, IReadOnlyList<TrackedFinding> found, CancellationToken cancellationToken)
    {
        var texts = UpdateDrafter.Repaired(request);
        var drafts = await blocks.DraftAsync(
            work.Change, work.Hash, BlockWorkPlanner.Of(texts, found, request.Questions, blocks.Earlier(work.Change)), (block, text) => Worse(work, content, texts, block, text), cancellationToken);
        var refusedAt = documents.GetUpdates(new UpdateFilter(work.Change))
            .Where(update => (update.Kinds & UpdateKinds.TextEdit) != UpdateKinds.None && update.State is UpdateState.Rejected or UpdateState.Undone)
            .Select(update => update.PlannedAt)
            .DefaultIfEmpty(DateTimeOffset.MinValue)
            .Max();
        return [.. drafts.Where(draft => draft.At > refusedAt)];
    }

    // OpenSpec and the rules judge the change with the new text in place: no new error, no finding in place of the one that goes.
    private string? Worse(RevisionRecord work, RevisionContent content, IReadOnlyDictionary<string, string> texts, BlockWork block, string text)
    {
        var document = texts[block.Path];
        if (RequirementEditor.ReplaceRequirement(document, block.Name, text, block.Hash).ApplyTo(document) is not EditOutcome.Edited { Text: var edited })
            return "the requirement cannot be found again";
        var before = content.With(BytesOf(texts));
        var after = content.With(BytesOf(texts.ToDictionary(pair => pair.Key, pair => pair.Key == block.Path ? edited : pair.Value, StringComparer.Ordinal)));
        if (UpdateGate.Worse(work.Change, before, after) is { } why)
            return why;
        var (old, now) = (Weight(work, before), Weight(work, after));
        return now > old ? "the rules find more in the new text than in the old one" : null;
    }

    private int Weight(RevisionRecord work, OpenSpec.OpenSpecProject project) =>
        BuiltInReviewer.Read(Request(work, project, []), CancellationToken.None).Drafts.Sum(draft => draft.Severity switch { FindingSeverity.Error => 100, FindingSeverity.Warning => 1, _ => 0 });

    // An agent's answer that gives instructions: seen, said, and written nowhere.
    private async Task ReportSuspiciousAsync(RevisionRecord work, IReadOnlyList<QuestionView> views, CancellationToken cancellationToken)
    {
        foreach (var view in views.Where(view => view.Answer is { } answer && !BlockWorkPlanner.IsUsable(answer)))
        {
            var isNew = store.Read(reader => reader.First<long>("SELECT COUNT(*) FROM event WHERE type = @Type AND subject = @Subject", new { Type = EventTypes.AnswerSuspicious, Subject = view.Answer!.Id })) == 0;
            if (isNew)
                await store.WriteAsync(transaction => transaction.Append(new NewEvent(EventTypes.AnswerSuspicious, work.Change.Value, work.Hash.Value, view.Answer!.Id, new { question = view.Question.Id.Value, answered_by = view.Answer.AnsweredBy })), cancellationToken);
        }
    }

    /// <summary>After an update was written: findings that are gone from the documents are fixed.</summary>
    public async Task MarkFixedAsync(RevisionRecord work, CancellationToken cancellationToken)
    {
        if (await revisions.ReadAsync(work, cancellationToken) is not { } content)
            return;
        var found = findings.OfRevision(work.Change, work.Hash);
        var remaining = await reviewer.ReviewAsync(Request(work, content.Project, found), cancellationToken);
        var present = remaining.Findings.Select(finding => finding.Id).ToHashSet(StringComparer.Ordinal);
        var gone = found.Where(tracked => tracked.Status == FindingStatus.Open && !present.Contains(tracked.Finding.Id)).Select(tracked => tracked.Finding.Id).ToList();
        if (gone.Count > 0)
            await store.WriteAsync(transaction => FindingStore.MarkFixed(transaction, work.Change, work.Hash, gone), cancellationToken);
    }

    private static Dictionary<string, ReadOnlyMemory<byte>> BytesOf(IReadOnlyDictionary<string, string> texts) =>
        texts.ToDictionary(pair => pair.Key, pair => new ReadOnlyMemory<byte>(StrictUtf8.GetBytes(pair.Value)), StringComparer.Ordinal);

    private ReviewRequest Request(RevisionRecord work, OpenSpec.OpenSpecProject project, IReadOnlyList<TrackedFinding> found) => new(work.Change, work.Hash, project)
    {
        SuppressedRules = settings.Review.SuppressedRules,
        MaxQuestions = 0,
        FromStoreOnly = true,
        Known = [.. found.Where(tracked => tracked.Status != FindingStatus.Fixed).Select(tracked => tracked.Finding)],
    };

    private List<DraftedRepair> Repairs(RevisionContent content, ChangeId change, Dictionary<string, DraftedFrom> texts)
    {
        var repairs = MechanicalRepairs.For(content.Files, change.Value)
            .Select(repair => new DraftedRepair(repair.Path[$"changes/{change}/".Length..], repair.Edits, repair.Reason))
            .Where(repair => texts.ContainsKey(repair.Path)) // only what was read and may be written
            .ToList();
        if (repairs.Count == 0)
            return repairs;
        var refused = RefusedRepairs(change);
        return [.. repairs.Where(repair => !refused.Contains(repair, texts[repair.Path].Text))];
    }

    private RefusedRepairs RefusedRepairs(ChangeId change)
    {
        var refused = new RefusedRepairs();
        var files = documents.GetUpdates(new UpdateFilter(change, State: UpdateState.Rejected)).Concat(documents.GetUpdates(new UpdateFilter(change, State: UpdateState.Undone)))
            .Where(update => (update.Kinds & UpdateKinds.MechanicalRepair) != UpdateKinds.None)
            .SelectMany(update => update.Files);
        foreach (var file in files)
        {
            var (before, after) = store.Read(view => (DocumentBlob.Find(view, file.BaseHash), DocumentBlob.Find(view, file.NewHash)));
            if (before is not null && after is not null)
                refused.Add(file.Path, StrictUtf8.GetString(before), StrictUtf8.GetString(after));
        }

        return refused;
    }

    private static Dictionary<string, DraftedFrom> Texts(RevisionContent content)
    {
        var texts = new Dictionary<string, DraftedFrom>(StringComparer.Ordinal);
        foreach (var file in content.Change.Files.Where(file => file.IsUtf8 && DocumentPath.TryParse(file.Path, out _, out _)))
            texts[file.Path] = new DraftedFrom(file.Sha256, StrictUtf8.GetString(file.Bytes.Span));

        // The report is no part of the revision, so it is read by itself.
        if (content.Files.Read($"changes/{content.Change.Id}/{DocumentPath.Review}") is { } report && Utf8.IsValid(report.Span))
            texts[DocumentPath.Review.Value] = new DraftedFrom(RevisionHasher.HashDocument(report.Span), StrictUtf8.GetString(report.Span));
        return texts;
    }

    private static bool HasReport(RevisionContent content) =>
        content.Files.List($"changes/{content.Change.Id}").Any(entry => entry.Name == DocumentPath.Review.Value);
}
