using System.Net;

namespace McpOrchestrator.Agents.Tools;

/// <summary>Cuts off a server that sends a larger message than the limit: the SDK's HTTP client would read it to the end, however long.</summary>
internal sealed class BoundedResponses(int maxMessageBytes) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        var isEvents = response.Content.Headers.ContentType?.MediaType == "text/event-stream";
        if (!isEvents && response.Content.Headers.ContentLength > maxMessageBytes)
        {
            response.Dispose();
            throw new HttpRequestException($"The server's answer is larger than {maxMessageBytes} bytes.");
        }

        response.Content = new BoundedContent(response.Content, maxMessageBytes, isEvents);
        return response;
    }

    private sealed class BoundedContent : HttpContent
    {
        private readonly HttpContent _inner;
        private readonly int _limit;
        private readonly bool _isEvents;

        internal BoundedContent(HttpContent inner, int limit, bool isEvents)
        {
            (_inner, _limit, _isEvents) = (inner, limit, isEvents);
            foreach (var header in inner.Headers) Headers.TryAddWithoutValidation(header.Key, header.Value);
        }

        protected override async Task<Stream> CreateContentReadStreamAsync() => new BoundedStream(await _inner.ReadAsStreamAsync(), _limit, _isEvents);

        protected override async Task<Stream> CreateContentReadStreamAsync(CancellationToken cancellationToken) =>
            new BoundedStream(await _inner.ReadAsStreamAsync(cancellationToken), _limit, _isEvents);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await using var bounded = await CreateContentReadStreamAsync();
            await bounded.CopyToAsync(stream);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing) _inner.Dispose();
            base.Dispose(disposing);
        }
    }

    /// <summary>Counts bytes; of an event stream those since the last line end, because each message is one line there.</summary>
    private sealed class BoundedStream(Stream inner, int limit, bool isEvents) : Stream
    {
        private long _count;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count) => Counted(buffer.AsSpan(offset, inner.Read(buffer, offset, count)));

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await inner.ReadAsync(buffer, cancellationToken);
            return Counted(buffer.Span[..read]);
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override void Flush() => inner.Flush();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing) inner.Dispose();
            base.Dispose(disposing);
        }

        private int Counted(ReadOnlySpan<byte> read)
        {
            var newline = isEvents ? read.LastIndexOf((byte)'\n') : -1;
            _count = newline < 0 ? _count + read.Length : read.Length - newline - 1;
            return _count <= limit ? read.Length : throw new IOException($"The server sent a message larger than {limit} bytes.");
        }
    }
}
