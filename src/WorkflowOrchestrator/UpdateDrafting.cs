using System.Text;
using System.Text.Unicode;
using OpenSpec.Editing;
using Workflow.Changes;
using Workflow.Documents;
using Workflow.Documents.Drafting;
using Workflow.Questions;
using Workflow.Review;
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
    IStore store,
    Hosting.OrchestratorSettings settings,
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
        var draft = UpdateDrafter.DraftDocuments(request);
        var drafted = content.With(draft.Texts.ToDictionary(pair => pair.Key, pair => new ReadOnlyMemory<byte>(StrictUtf8.GetBytes(pair.Value)), StringComparer.Ordinal));
        var remaining = await reviewer.ReviewAsync(Request(work, drafted), cancellationToken);
        var tracked = FindingTracker.AfterWriting(findings.OfRevision(work.Change, work.Hash), remaining.Findings);
        var earlier = await documents.GetChangeHistoryAsync(work.Change, cancellationToken);
        return UpdateDrafter.Complete(request, draft, tracked, earlier) is { } plan ? new DraftOutcome.PlanMade(plan) : new DraftOutcome.NothingToDo();
    }

    /// <summary>After an update was written: findings that are gone from the documents are fixed.</summary>
    public async Task MarkFixedAsync(RevisionRecord work, CancellationToken cancellationToken)
    {
        if (await revisions.ReadAsync(work, cancellationToken) is not { } content)
            return;
        var remaining = await reviewer.ReviewAsync(Request(work, content.Project), cancellationToken);
        var present = remaining.Findings.Select(finding => finding.Id).ToHashSet(StringComparer.Ordinal);
        var gone = findings.OfRevision(work.Change, work.Hash).Where(tracked => tracked.Status == FindingStatus.Open && !present.Contains(tracked.Finding.Id)).Select(tracked => tracked.Finding.Id).ToList();
        if (gone.Count > 0)
            await store.WriteAsync(transaction => FindingStore.MarkFixed(transaction, work.Change, work.Hash, gone), cancellationToken);
    }

    private ReviewRequest Request(RevisionRecord work, OpenSpec.OpenSpecProject project) => new(work.Change, work.Hash, project)
    {
        SuppressedRules = settings.Review.SuppressedRules,
        MaxQuestions = 0,
    };

    private static List<DraftedRepair> Repairs(RevisionContent content, ChangeId change, Dictionary<string, DraftedFrom> texts) =>
        [.. MechanicalRepairs.For(content.Files, change.Value)
            .Select(repair => new DraftedRepair(repair.Path[$"changes/{change}/".Length..], repair.Edits, repair.Reason))
            .Where(repair => texts.ContainsKey(repair.Path))]; // only what was read and may be written

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
