using System.Buffers;
using System.Net.Sockets;
using System.Text.Json;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace Platform.Sockets;

public sealed partial class McpSocketTransport
{
    /// <summary>Sends one whole frame. The token may end the wait for a turn, but never interrupts a frame that has begun.</summary>
    /// <exception cref="IOException">The peer is gone or did not take the message in time; the connection is closed.</exception>
    public async Task SendMessageAsync(JsonRpcMessage message, CancellationToken cancellationToken = default)
    {
        // The id is free before the write, because the peer may use it again as soon as it has the answer; the request counts until after it, because a
        // half-closed connection ends when the last request is answered.
        var answered = message is JsonRpcResponse or JsonRpcError ? _inFlight.Release(((JsonRpcMessageWithId)message).Id) : null;
        try
        {
            await SendAsync(message, cancellationToken);
        }
        finally
        {
            if (answered is { } released) _inFlight.Complete(released);
        }
    }

    private async Task SendAsync(JsonRpcMessage message, CancellationToken cancellationToken)
    {
        await _sendLock.WaitAsync(cancellationToken);
        try
        {
            // Also after a half-close, when nothing is received any more: the peer still reads.
            if (_disposed != 0 || _gone.IsCancellationRequested) throw new IOException("The MCP connection is closed.");
            Encode(message);
            var write = _stream.WriteAsync(_frame.WrittenMemory, CancellationToken.None);
            if (write.IsCompletedSuccessfully) await write;
            else await write.AsTask().WaitAsync(_limits.WriteTimeout, _time, CancellationToken.None);
            if (_frame.Capacity > RetainedBufferBytes) _frame.Clear();
        }
        catch (Exception e) when (e is TimeoutException or ObjectDisposedException or SocketException || (e is IOException && !_gone.IsCancellationRequested))
        {
            CutOff(); // no frame can follow one that was written in part
            throw new IOException("The MCP peer did not take the message.", e);
        }
        finally
        {
            _sendLock.Release();
        }
    }

    private void Encode(JsonRpcMessage message)
    {
        Serialize(message);
        if (_frame.WrittenCount > _limits.MaxMessageBytes)
        {
            var problem = $"The message has {_frame.WrittenCount} bytes; the limit is {_limits.MaxMessageBytes}.";
            if (message is not JsonRpcResponse response) throw new MessageTooLargeException(problem);
            Serialize(ErrorFor(response.Id, McpErrorCode.InternalError, problem));
        }

        _frame.Write("\n"u8);
    }

    private void Serialize(JsonRpcMessage message)
    {
        _frame.ResetWrittenCount();
        _json.Reset(_frame);
        JsonSerializer.Serialize(_json, message, JsonRpcFrames.MessageType);
        _json.Flush();
    }

    /// <summary>Answers what never became a request, so the requests in flight are left alone.</summary>
    private async Task TryReplyErrorAsync(RequestId id, McpErrorCode code, string text)
    {
        try
        {
            await SendAsync(ErrorFor(id, code, text), _stop.Token);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The reader of the connection sees the loss itself.
        }
    }

    private static JsonRpcError ErrorFor(RequestId id, McpErrorCode code, string text) =>
        new() { Id = id, Error = new JsonRpcErrorDetail { Code = (int)code, Message = text } };
}
