using Workflow.Changes;
using Workflow.Documents;
using Workflow.Questions;
using Workflow.Questions.Human;
using Workflow.Review;
using Workflow.Storage;

namespace Workflow.Dashboard.Reading;

/// <summary>A change with where it stands.</summary>
/// <param name="Summary">What is known of it.</param>
/// <param name="Facts">What the pipeline is drawn from.</param>
/// <param name="Parts">Its way.</param>
/// <param name="Place">The step at which it stands.</param>
internal sealed record ShownChange(ChangeSummary Summary, PipelineFacts Facts, IReadOnlyList<PipelinePart> Parts, PipelineStep Place)
{
    public ChangeId Id => Summary.Change.Id;

    /// <summary>0: a person is waited for; 1: the daemon is at it; 2: nothing is to be done.</summary>
    public int Urgency => Parts.Any(part => part.State is StepState.Waiting or StepState.Blocked) ? 0 : Facts.Stage == ChangeStage.Done ? 2 : 1;
}

/// <summary>A question with whether what its answer rests on has changed since.</summary>
internal sealed record ShownQuestion(QuestionView View, bool IsStale, int SharedBy = 0, string? Later = null);

/// <summary>An update with its diff.</summary>
/// <param name="Editable">The planned text, when a person may put another in its place here.</param>
internal sealed record ShownUpdate(UpdateRecord Record, ShownDiff Diff, UpdateTexts? Editable = null);

/// <summary>Everything about one change.</summary>
internal sealed record ChangeView(
    ShownChange Change,
    ReviewFacts? Review,
    IReadOnlyList<TrackedFinding> Findings,
    IReadOnlyList<ShownQuestion> Questions,
    IReadOnlyList<ShownUpdate> Updates,
    IReadOnlyList<WorkflowEvent> Events,
    bool HasMoreQuestions,
    bool HasMoreUpdates);

/// <summary>The work as the first page shows it.</summary>
/// <param name="Board">How many changes stand at each step, with the first of them.</param>
/// <param name="Changes">One page of the changes, those that need a person first.</param>
internal sealed record Overview(
    IReadOnlyList<ShownQuestion> Questions,
    IReadOnlyList<ShownUpdate> Held,
    IReadOnlyDictionary<PipelineStep, IReadOnlyList<ShownChange>> Board,
    IReadOnlyList<ShownChange> Changes,
    int AllChanges,
    IReadOnlyList<WorkflowEvent> Events);

/// <summary>Reads what the pages show. Every list has an end: a page, or a limit.</summary>
internal sealed class WorkReader(
    IStore store, ChangeStore changes, FindingStore findings, IQuestions questions, HumanInbox inbox, EvidenceReader evidence, IDocumentUpdates updates, EventLog events)
{
    public const int ChangesPerPage = 20;
    public const int QuestionsPerPage = 20;
    public const int UpdatesPerPage = 20;
    public const int EventsPerPage = 100;

    private const int DiffLimit = 400;
    private const int ShortDiffLimit = 120;
    private const int MaxFirst = 3;

    // Events that are seen at a glance; small steps are left to the page of all.
    private const int Glance = 14;
    private static readonly HashSet<string> s_steps = [EventTypes.RouteTried, EventTypes.QuestionAsked, EventTypes.UpdatePlanned, EventTypes.RevisionDetected];

    private const int MaxOfChange = 50;
    private const int MaxEditable = 100_000;

    public Overview Overview(int page)
    {
        var all = Changes();
        var waiting = inbox.Read();
        return new Overview(
            [.. waiting.Now.Concat(waiting.Later).Take(MaxFirst).Select(FromInbox)],
            [.. updates.GetUpdates(new UpdateFilter(State: UpdateState.Held, Limit: MaxFirst)).Select(update => WithDiff(update, DiffLimit))],
            all.GroupBy(change => change.Place).ToDictionary(group => group.Key, group => (IReadOnlyList<ShownChange>)[.. group]),
            [.. all.Skip((page - 1) * ChangesPerPage).Take(ChangesPerPage)],
            all.Count,
            [.. events.Last(Glance * 5, new EventFilter(null, null)).Reverse().Where(happened => !s_steps.Contains(happened.Type)).Take(Glance)]);
    }

    /// <summary>One change; null when it was never seen.</summary>
    public ChangeView? Change(ChangeId id)
    {
        if (changes.Summary(id) is not { } summary)
            return null;
        var asked = questions.List(new QuestionFilter([], id, Limit: MaxOfChange));
        var made = updates.GetUpdates(new UpdateFilter(id, Limit: UpdatesPerPage + 1));
        var change = store.Read(reader => Show(summary, ChangeTallies.Read(reader)));
        return new ChangeView(
            change,
            findings.FactsOf(id, summary.Work.Hash),
            findings.OfRevision(id, summary.Work.Hash),
            [.. asked.Items.Select(Show)],
            [.. made.Take(UpdatesPerPage).Select((update, i) => WithDiff(update, update.State == UpdateState.Held || i < 3 ? DiffLimit : ShortDiffLimit))],
            [.. events.Last(20, new EventFilter(id.Value, null)).Reverse()],
            asked.NextCursor is not null,
            made.Count > UpdatesPerPage);
    }

    /// <summary>What waits for the person: now, and later.</summary>
    public IReadOnlyList<ShownQuestion> Inbox()
    {
        var waiting = inbox.Read();
        return [.. waiting.Now.Concat(waiting.Later).Take(MaxOfChange).Select(FromInbox)];
    }

    /// <summary>One page of all questions, newest first.</summary>
    public (IReadOnlyList<ShownQuestion> Items, string? Next) Questions(IReadOnlyList<QuestionStatus> statuses, string? cursor)
    {
        var page = questions.List(new QuestionFilter(statuses, null, cursor, QuestionsPerPage));
        return ([.. page.Items.Select(Show)], page.NextCursor);
    }

    public ShownQuestion? Question(string id) => questions.Resolve(id) is [var found] && questions.Find(found) is { } view ? Show(view) : null;

    /// <summary>One page of all updates, newest first.</summary>
    public (IReadOnlyList<ShownUpdate> Items, UpdateId? Next) Updates(UpdateState? state, UpdateId? before)
    {
        var found = updates.GetUpdates(new UpdateFilter(State: state, Before: before, Limit: UpdatesPerPage + 1));
        return ([.. found.Take(UpdatesPerPage).Select(update => WithDiff(update, update.State == UpdateState.Held ? DiffLimit : ShortDiffLimit))], found.Count > UpdatesPerPage ? found[UpdatesPerPage - 1].Id : null);
    }

    public ShownUpdate? Update(UpdateId id) => updates.Find(id) is { } update ? WithDiff(update, limit: 5000) : null;

    public IReadOnlyList<WorkflowEvent> Events(long? before, string? change) => store.Read(reader => EventLog.Before(reader, before ?? long.MaxValue, EventsPerPage, change));

    /// <summary>How many questions and updates wait for a person.</summary>
    public (int Questions, int Updates) Waiting() => store.Read(reader => (
        QuestionStore.CountByStatus(reader).GetValueOrDefault(QuestionStatus.AwaitingHuman),
        UpdateStore.CountHeld(reader).Values.Sum()));

    private IReadOnlyList<ShownChange> Changes()
    {
        var listed = changes.List();
        var counts = store.Read(ChangeTallies.Read);
        return [.. listed.Select(summary => Show(summary, counts)).OrderBy(change => change.Urgency).ThenByDescending(change => change.Summary.Work.StageAt)];
    }

    private ShownChange Show(ChangeSummary summary, ChangeTallies counts)
    {
        var id = summary.Change.Id;
        int Asked(QuestionStatus status) => counts.Questions.GetValueOrDefault((id, status));
        var answered = Asked(QuestionStatus.Answered);
        var facts = new PipelineFacts(
            summary.Work.Stage,
            summary.Work.Stage != ChangeStage.Parked || findings.IsReviewed(id, summary.Work.Hash),
            answered + Asked(QuestionStatus.Open) + Asked(QuestionStatus.Routing) + Asked(QuestionStatus.AwaitingHuman),
            answered,
            Asked(QuestionStatus.AwaitingHuman),
            counts.Applied.GetValueOrDefault(id),
            counts.Held.GetValueOrDefault(id));
        var parts = Pipeline.Of(facts);
        return new ShownChange(summary, facts, parts, Pipeline.Place(parts));
    }

    private ShownQuestion Show(QuestionView view) => new(view, view.Answer is { Evidence.Count: > 0 } answer && evidence.FindStale(answer.Evidence) is not null);

    private ShownQuestion FromInbox(InboxItem item) =>
        Show(item.View) with { SharedBy = item.SharedBy, Later = item.Until is { } until ? $"{item.Reason}, until {until:yyyy-MM-dd HH:mm} UTC" : null };

    private ShownUpdate WithDiff(UpdateRecord update, int limit) =>
        new(update, DiffLines.Of(updates.GetDiff(update.Id) ?? "", limit), update.State == UpdateState.Held ? Editable(update) : null);

    // A person's own text can take the place of the only document that is written, beside the report.
    private UpdateTexts? Editable(UpdateRecord update) =>
        updates.GetTexts(update.Id).Where(text => text.Path != DocumentPath.Review.Value).ToList() is [{ After: { Length: <= MaxEditable } } only] ? only : null;

    private sealed record ChangeTallies(
        IReadOnlyDictionary<(ChangeId Change, QuestionStatus Status), int> Questions, IReadOnlyDictionary<ChangeId, int> Applied, IReadOnlyDictionary<ChangeId, int> Held)
    {
        public static ChangeTallies Read(IStoreReader reader) => new(QuestionStore.CountByChange(reader), UpdateStore.CountApplied(reader), UpdateStore.CountHeld(reader));
    }
}
