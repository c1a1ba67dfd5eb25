using System.Collections.Concurrent;
using System.Text.Json;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace Platform.Sockets;

/// <summary>The peer's requests on one connection that have not been answered.</summary>
internal sealed class InFlightRequests(int capacity)
{
    private readonly ConcurrentDictionary<RequestId, byte> _ids = new();
    private int _count; // ConcurrentDictionary.Count takes every lock

    internal enum Admission
    {
        Admitted,
        TooMany,
        Duplicate,
    }

    internal bool IsEmpty => Volatile.Read(ref _count) == 0;

    internal Admission Admit(RequestId id)
    {
        if (Volatile.Read(ref _count) >= capacity) return Admission.TooMany;
        if (!_ids.TryAdd(id, 0)) return Admission.Duplicate;
        Interlocked.Increment(ref _count);
        return Admission.Admitted;
    }

    internal void Forget(RequestId id)
    {
        if (Release(id)) Complete();
    }

    /// <summary>The answer is about to be sent: from then on its sender may use the id again. The request counts until <see cref="Complete"/>. False when there is none.</summary>
    internal bool Release(RequestId id) => id.Id is not null && _ids.TryRemove(id, out _);

    /// <summary>The answer of a released request has been sent.</summary>
    internal void Complete() => Interlocked.Decrement(ref _count);

    /// <summary>A request that its sender cancelled gets no answer, so it must not be waited for.</summary>
    internal void ForgetCancelled(JsonRpcNotification notification)
    {
        if (notification.Method != NotificationMethods.CancelledNotification || notification.Params?["requestId"] is not { } node) return;
        try
        {
            Forget(JsonSerializer.Deserialize<RequestId>(node, McpJsonUtilities.DefaultOptions));
        }
        catch (JsonException)
        {
            // An id that is neither text nor number belongs to no request.
        }
    }
}
