using System.Collections.Concurrent;
using System.Text.Json;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace Platform.Sockets;

/// <summary>The peer's requests on one connection that have not been answered.</summary>
/// <param name="capacity">How many they may be.</param>
/// <param name="briefCapacity">How many of those that are answered at once; a further one waits for its turn.</param>
internal sealed class InFlightRequests(int capacity, int briefCapacity = int.MaxValue)
{
    private readonly ConcurrentDictionary<RequestId, bool> _ids = new(); // the value: whether it is brief
    private readonly SemaphoreSlim? _brief = briefCapacity == int.MaxValue ? null : new(briefCapacity);
    private int _count; // ConcurrentDictionary.Count takes every lock

    internal enum Admission
    {
        Admitted,
        TooMany,
        Duplicate,
    }

    internal bool IsEmpty => Volatile.Read(ref _count) == 0;

    internal Admission Admit(RequestId id) => Admit(id, isBrief: false);

    /// <summary>Admits a request; a brief one when there is room for it.</summary>
    internal async ValueTask<Admission> AdmitBriefAsync(RequestId id, CancellationToken cancellationToken)
    {
        if (_brief is null) return Admit(id);
        await _brief.WaitAsync(cancellationToken);
        var admission = Admit(id, isBrief: true);
        if (admission != Admission.Admitted) _brief.Release();
        return admission;
    }

    internal void Forget(RequestId id)
    {
        if (Release(id) is { } released) Complete(released);
    }

    /// <summary>The answer is about to be sent: from then on its sender may use the id again. The request counts until <see cref="Complete"/>. Null when there is none.</summary>
    internal Released? Release(RequestId id) => id.Id is not null && _ids.TryRemove(id, out var isBrief) ? new Released(isBrief) : null;

    /// <summary>The answer of a released request has been sent.</summary>
    internal void Complete(Released released)
    {
        Interlocked.Decrement(ref _count);
        if (released.IsBrief) _brief?.Release();
    }

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

    private Admission Admit(RequestId id, bool isBrief)
    {
        if (Volatile.Read(ref _count) >= capacity) return Admission.TooMany;
        if (!_ids.TryAdd(id, isBrief)) return Admission.Duplicate;
        Interlocked.Increment(ref _count);
        return Admission.Admitted;
    }

    /// <summary>A request whose answer is being sent.</summary>
    internal readonly record struct Released(bool IsBrief);
}
