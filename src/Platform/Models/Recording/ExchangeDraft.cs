using System.Buffers;
using System.Text;

namespace Platform.Models.Recording;

/// <summary>Collects what is seen of one exchange while it goes on, up to a limit.</summary>
internal sealed class ExchangeDraft(int maxBytes)
{
    private readonly ArrayBufferWriter<byte> _body = new();

    public int? Status { get; private set; }

    public string? ContentType { get; private set; }

    /// <summary>The body was longer than the limit.</summary>
    public bool IsCut { get; private set; }

    public string Body => Encoding.UTF8.GetString(_body.WrittenSpan);

    public void Answered(int status, string? contentType) => (Status, ContentType) = (status, contentType);

    public void Append(string text) => Append(Encoding.UTF8.GetBytes(text));

    /// <summary>A stream that gives what <paramref name="inner"/> gives and keeps it here.</summary>
    public Stream Tee(Stream inner) => maxBytes == 0 ? inner : new TeeStream(inner, this);

    private void Append(ReadOnlySpan<byte> bytes)
    {
        var room = maxBytes - _body.WrittenCount;
        if (bytes.Length > room)
            IsCut = maxBytes > 0;
        if (room > 0)
            _body.Write(bytes[..Math.Min(room, bytes.Length)]);
    }

    private sealed class TeeStream(Stream inner, ExchangeDraft draft) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await inner.ReadAsync(buffer, cancellationToken);
            draft.Append(buffer.Span[..read]);
            return read;
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = inner.Read(buffer, offset, count);
            draft.Append(buffer.AsSpan(offset, read));
            return read;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
