using Microsoft.Extensions.Logging;

namespace Platform.Models;

/// <summary>Ids of log events of the model client: 700-749. A number is never reused or given another meaning.</summary>
internal static class ModelEventIds
{
    public static readonly EventId Ready = new(700, nameof(Ready));
    public static readonly EventId NotReady = new(701, nameof(NotReady));
    public static readonly EventId RecordFailed = new(702, nameof(RecordFailed));
    public static readonly EventId Loading = new(703, nameof(Loading));
}
