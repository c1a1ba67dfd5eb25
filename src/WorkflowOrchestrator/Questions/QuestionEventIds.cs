namespace Workflow.Questions;

/// <summary>Ids of log events of this room: 400-499. A number is never reused or given another meaning.</summary>
internal static class QuestionEventIds
{
    public static readonly EventId Resumed = new(400, nameof(Resumed));
    public static readonly EventId Answered = new(401, nameof(Answered));
    public static readonly EventId AwaitingHuman = new(402, nameof(AwaitingHuman));
    public static readonly EventId RouteFailed = new(403, nameof(RouteFailed));
    public static readonly EventId RoutedAgain = new(404, nameof(RoutedAgain));
    public static readonly EventId OutOfTime = new(405, nameof(OutOfTime));
    public static readonly EventId Expired = new(406, nameof(Expired));
    public static readonly EventId NoticeFailed = new(407, nameof(NoticeFailed));
    public static readonly EventId NoticeGivenUp = new(408, nameof(NoticeGivenUp));
}
