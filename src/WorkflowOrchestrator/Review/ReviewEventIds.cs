namespace Workflow.Review;

/// <summary>Ids of log events of this room: 300-399. A number is never reused or given another meaning.</summary>
internal static class ReviewEventIds
{
    public static readonly EventId UngroundedDropped = new(301, nameof(UngroundedDropped));
    public static readonly EventId ModelUnavailable = new(302, nameof(ModelUnavailable));
    public static readonly EventId AnswerUnusable = new(303, nameof(AnswerUnusable));
    public static readonly EventId FellBack = new(304, nameof(FellBack));
}
