using System.Text.Json;
using Workflow.Hosting.Tunables;
using Workflow.Storage;

namespace Workflow.Feedback.Experiments;

/// <summary>What an event says about the work that a tunable speeds up.</summary>
internal enum WorkSign
{
    None,

    /// <summary>A piece of work came.</summary>
    Came,

    /// <summary>A piece of work is done.</summary>
    Done,

    /// <summary>A piece of work is done, and went wrong.</summary>
    Failed,
}

/// <summary>Reads from events what a performance tunable is measured by. Pure.</summary>
internal static class WorkMeter
{
    /// <summary>What an event means.</summary>
    /// <param name="tunable">What is tried.</param>
    /// <param name="happened">An event.</param>
    /// <returns>The sign, and the identity of the piece of work.</returns>
    public static (WorkSign Sign, string Key) Read(Tunable tunable, WorkflowEvent happened)
    {
        if (tunable == Tunable.MaxConcurrentQuestions)
            return (Question(happened), happened.Subject ?? "");
        return tunable == Tunable.MaxConcurrentChanges ? (Revision(happened), $"{happened.Change} {happened.Revision}") : (WorkSign.None, "");
    }

    /// <summary>Identities of the work that waits now.</summary>
    public static IReadOnlyList<string> Waiting(IStoreReader reader, Tunable tunable) => reader.Query<string>(
        tunable == Tunable.MaxConcurrentQuestions ? "SELECT id FROM question WHERE status IN ('Open', 'Routing')"
        : "SELECT change_id || ' ' || hash FROM revision WHERE stage IN ('Detected', 'Reviewing')");

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

    private static string? Text(JsonElement data, string name) =>
        data.ValueKind == JsonValueKind.Object && data.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
