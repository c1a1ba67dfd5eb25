namespace Workflow.Feedback.Improvements;

/// <summary>Ids of log events, 600-699. A number is never reused or given another meaning.</summary>
internal static class FeedbackEventIds
{
    public static readonly EventId Analyzed = new(600, nameof(Analyzed));
    public static readonly EventId JournalFault = new(601, nameof(JournalFault));
    public static readonly EventId TakenBack = new(602, nameof(TakenBack));
    public static readonly EventId Proposed = new(603, nameof(Proposed));
    public static readonly EventId Verdict = new(604, nameof(Verdict));
    public static readonly EventId TrialStarted = new(605, nameof(TrialStarted));
    public static readonly EventId ClaimsDropped = new(607, nameof(ClaimsDropped));
    public static readonly EventId NotProposed = new(606, nameof(NotProposed));
}
