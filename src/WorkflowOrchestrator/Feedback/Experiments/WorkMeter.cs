using System.Text.Json;
using Workflow.Hosting.Tunables;
using Workflow.Storage;

namespace Workflow.Feedback.Experiments;

/// <summary>What an event says about the work that a tunable is measured by.</summary>
internal enum WorkSign
{
    None,

    /// <summary>A piece of work came.</summary>
    Came,

    /// <summary>A piece of work is done; where a share is measured: it came to something.</summary>
    Done,

    /// <summary>A piece of work went wrong; where a share is measured: it came to nothing.</summary>
    Failed,
}

/// <summary>Reads from events what a performance tunable is measured by. Pure.</summary>
internal static class WorkMeter
{
    private static readonly Dictionary<Tunable, Func<WorkflowEvent, (WorkSign, string)>> s_readers = new()
    {
        [Tunable.MaxConcurrentQuestions] = happened => (Question(happened), happened.Subject ?? ""),
        [Tunable.MaxConcurrentChanges] = happened => (Revision(happened), RevisionOf(happened)),
        [Tunable.MaxConcurrentCalls] = happened => (Revision(happened), RevisionOf(happened)),
        [Tunable.CacheTimeout] = happened => (Reuse(happened), happened.Subject ?? ""),
        [Tunable.SettleMilliseconds] = happened => (Review(happened), RevisionOf(happened)),
        [Tunable.AmbiguitySamples] = happened => (Answers(happened), RevisionOf(happened)),
        [Tunable.DismissedExamples] = happened => (Answers(happened), RevisionOf(happened)),
    };

    /// <summary>What an event means.</summary>
    /// <param name="tunable">What is tried.</param>
    /// <param name="happened">An event.</param>
    /// <returns>The sign, and the identity of the piece of work.</returns>
    public static (WorkSign Sign, string Key) Read(Tunable tunable, WorkflowEvent happened) => s_readers[tunable](happened);

    /// <summary>Identities of the work that waits now.</summary>
    public static IReadOnlyList<string> Waiting(IStoreReader reader, Tunable tunable) =>
        tunable.Measure != TunableMeasure.Throughput ? []
        : reader.Query<string>(tunable == Tunable.MaxConcurrentQuestions
            ? "SELECT id FROM question WHERE status IN ('Open', 'Routing')"
            : "SELECT change_id || ' ' || hash FROM revision WHERE stage IN ('Detected', 'Reviewing')");

    /// <summary>Whether a failure is only one of several tries at the same piece of work, which has its own end.</summary>
    public static bool IsOneOfSeveral(Tunable tunable) => tunable == Tunable.MaxConcurrentQuestions;

    private static WorkSign Question(WorkflowEvent happened) => happened.Type switch
    {
        EventTypes.QuestionAsked => WorkSign.Came,
        EventTypes.QuestionAnswered or EventTypes.QuestionAwaitingHuman or EventTypes.QuestionWithdrawn or EventTypes.QuestionExpired => WorkSign.Done,
        EventTypes.RouteTried when Text(happened.Data, "outcome") == "Unavailable" => WorkSign.Failed,
        _ => WorkSign.None,
    };

    private static WorkSign Revision(WorkflowEvent happened) => happened.Type switch
    {
        EventTypes.RevisionDetected when Text(happened.Data, "stage") != "Parked" => WorkSign.Came,
        EventTypes.RevisionStage when Text(happened.Data, "to") == "Parked" => WorkSign.Failed,
        EventTypes.RevisionStage when Text(happened.Data, "from") == "Reviewing" || Text(happened.Data, "to") == "Superseded" => WorkSign.Done,
        _ => WorkSign.None,
    };

    // A question that had been asked before: was its answer of use?
    private static WorkSign Reuse(WorkflowEvent happened) => happened.Type != EventTypes.RouteTried || Text(happened.Data, "route") != "answered_before" ? WorkSign.None : Text(happened.Data, "outcome") switch
    {
        "Answered" => WorkSign.Done,
        "Expired" or "Stale" => WorkSign.Failed,
        _ => WorkSign.None,
    };

    // A review that was overtaken by the next save was made for nothing.
    private static WorkSign Review(WorkflowEvent happened) => happened.Type != EventTypes.RevisionStage ? WorkSign.None
        : Text(happened.Data, "to") == "Superseded" ? WorkSign.Failed
        : Text(happened.Data, "to") is "Done" ? WorkSign.Done
        : WorkSign.None;

    // After a change of what the model is shown: does it still answer as it should?
    private static WorkSign Answers(WorkflowEvent happened) => happened.Type != EventTypes.ReviewCompleted ? WorkSign.None
        : happened.Data.ValueKind == JsonValueKind.Object && happened.Data.TryGetProperty("unusable", out var unusable) && unusable.TryGetInt64(out var count) && count > 0 ? WorkSign.Failed
        : WorkSign.Done;

    private static string RevisionOf(WorkflowEvent happened) => $"{happened.Change} {happened.Revision}";

    private static string? Text(JsonElement data, string name) =>
        data.ValueKind == JsonValueKind.Object && data.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
