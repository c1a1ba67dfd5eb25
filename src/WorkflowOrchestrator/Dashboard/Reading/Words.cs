using System.Globalization;
using Workflow.Changes;
using Workflow.Mcp;
using Workflow.Storage;

namespace Workflow.Dashboard.Reading;

/// <summary>How things are called on the pages. Pure.</summary>
internal static class Words
{
    private static readonly Dictionary<string, string> s_events = new(StringComparer.Ordinal)
    {
        [EventTypes.RevisionDetected] = "A new revision was found",
        [EventTypes.RevisionKnown] = "A known revision is back",
        [EventTypes.RevisionStage] = "The work moved on",
        [EventTypes.ChangeGone] = "The change left the folder",
        [EventTypes.ChangeReturned] = "The change came back",
        [EventTypes.WatcherMissed] = "A scan found what no file event had told",
        [EventTypes.WatcherRearmed] = "The watcher was renewed",
        [EventTypes.ReviewCompleted] = "Reviewed",
        [EventTypes.DraftMade] = "A new text was drafted",
        [EventTypes.DraftSuggested] = "A new text is only suggested",
        [EventTypes.AnswerSuspicious] = "An answer was found suspicious",
        [EventTypes.QuestionAsked] = "A question was asked",
        [EventTypes.QuestionAwaitingHuman] = "A question waits for you",
        [EventTypes.QuestionAnswered] = "A question was answered",
        [EventTypes.QuestionWithdrawn] = "A question was withdrawn",
        [EventTypes.QuestionExpired] = "A question expired",
        [EventTypes.RouteTried] = "A way to an answer was tried",
        [EventTypes.UpdatePlanned] = "An update was planned",
        [EventTypes.UpdateHeld] = "An update waits for you",
        [EventTypes.UpdateApproved] = "An update was approved",
        [EventTypes.UpdateRejected] = "An update was rejected",
        [EventTypes.UpdateWithdrawn] = "An update was withdrawn",
        [EventTypes.UpdateSuperseded] = "An update came too late: the text had changed",
        [EventTypes.UpdateShadowed] = "An update was recorded, not written",
        [EventTypes.UpdateApplied] = "An update was written",
        [EventTypes.UpdateRefused] = "An update was refused",
        [EventTypes.UpdateWaiting] = "An update has to wait",
        [EventTypes.UpdateUndone] = "An update was taken back",
        [EventTypes.FindingDecided] = "A finding was judged",
        [EventTypes.TunableChanged] = "A setting was moved",
        [EventTypes.ImprovementMoved] = "An improvement moved on",
        [EventTypes.UpdateFollowUp] = "An update made more work elsewhere",
        [EventTypes.ChangeVerdict] = "A change was judged",
    };

    /// <summary>An event in a few words.</summary>
    public static string Of(WorkflowEvent happened) => s_events.TryGetValue(happened.Type, out var words) ? words : happened.Type;

    /// <summary>A name of an enum as it is read: <c>awaiting_answers</c> → awaiting answers.</summary>
    public static string Of<T>(T value)
        where T : struct, Enum => ToolResults.NameOf(value).Replace('_', ' ');

    /// <summary>One thing, or several.</summary>
    public static string Count(int number, string one, string? several = null) => string.Create(CultureInfo.InvariantCulture, $"{number:N0} {(number == 1 ? one : several ?? one + "s")}");

    /// <summary>How long ago something was.</summary>
    public static string Ago(DateTimeOffset then, DateTimeOffset now) => (now - then) switch
    {
        { TotalSeconds: < 45 } => "just now",
        { TotalMinutes: < 60 } span => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1, span.TotalMinutes):0} min ago"),
        { TotalHours: < 24 } span => string.Create(CultureInfo.InvariantCulture, $"{span.TotalHours:0} h ago"),
        { TotalDays: < 31 } span => Count((int)Math.Round(span.TotalDays), "day") + " ago",
        _ => "on " + then.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
    };

    /// <summary>A time span as a person says it.</summary>
    public static string Span(TimeSpan span) => span switch
    {
        { TotalMinutes: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0} s"),
        { TotalHours: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalMinutes:0} min"),
        { TotalDays: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalHours} h {span.Minutes} min"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalDays} d {span.Hours} h"),
    };

    public static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{share:+0.0 %;-0.0 %;0 %}");

    /// <summary>How a step of a change stands, for those who do not see it.</summary>
    public static string Of(StepState state) => state switch
    {
        StepState.Ahead => "not yet",
        StepState.Working => "the daemon is at it",
        StepState.Waiting => "waits for you",
        StepState.Blocked => "cannot go on",
        StepState.Skipped => "not needed",
        _ => "done",
    };

    /// <summary>The page of a change.</summary>
    public static string Address(ChangeId change) => $"/changes/{Segment(change.Value)}";

    /// <summary>A path segment of an address.</summary>
    public static string Segment(string text) => Uri.EscapeDataString(text);
}
