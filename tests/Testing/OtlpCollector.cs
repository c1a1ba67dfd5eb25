using System.Collections.Concurrent;
using System.Net;
using System.Text;

namespace Testing;

/// <summary>One span as it arrived.</summary>
public sealed record CollectedSpan(string TraceId, string SpanId, string? ParentId, string Name, IReadOnlyDictionary<string, string> Tags);

/// <summary>A small OTLP/HTTP collector (protobuf): it takes spans and metrics on loopback and keeps the spans.</summary>
public sealed class OtlpCollector : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly ConcurrentQueue<CollectedSpan> _spans = new();
    private readonly Task _serving;
    private int _metricExports;

    private OtlpCollector(int port)
    {
        Endpoint = new Uri($"http://127.0.0.1:{port}");
        _listener.Prefixes.Add(Endpoint.ToString());
        _listener.Start();
        _serving = ServeAsync();
    }

    public Uri Endpoint { get; }

    public IReadOnlyList<CollectedSpan> Spans => [.. _spans];

    /// <summary>How many exports of metrics came.</summary>
    public int MetricExports => Volatile.Read(ref _metricExports);

    public static OtlpCollector Start()
    {
        for (var attempt = 1; ; attempt++)
        {
            using var probe = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
            probe.Start();
            var port = ((IPEndPoint)probe.LocalEndpoint).Port;
            probe.Stop();
            try
            {
                return new OtlpCollector(port);
            }
            catch (HttpListenerException) when (attempt < 10)
            {
                // Somebody else took the port in between.
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _serving;
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception error) when (error is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            using var body = new MemoryStream();
            await context.Request.InputStream.CopyToAsync(body);
            if (context.Request.Url!.AbsolutePath == "/v1/traces")
                Read(body.ToArray());
            else
                Interlocked.Increment(ref _metricExports);
            context.Response.ContentType = "application/x-protobuf";
            context.Response.Close();
        }
    }

    // ExportTraceServiceRequest: resource_spans = 1 { scope_spans = 2 { spans = 2 { … } } }
    private void Read(byte[] message)
    {
        foreach (var resource in Fields(message, 1))
        {
            foreach (var scope in Fields(resource, 2))
            {
                foreach (var span in Fields(scope, 2))
                    _spans.Enqueue(ToSpan(span));
            }
        }
    }

    // Span: trace_id = 1, span_id = 2, parent_span_id = 4, name = 5, attributes = 9 { key = 1, value = 2 { string_value = 1 } }
    private static CollectedSpan ToSpan(byte[] span)
    {
        var parent = Fields(span, 4).FirstOrDefault([]);
        var tags = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var attribute in Fields(span, 9))
            tags[Text(Fields(attribute, 1))] = Text(Fields(Fields(attribute, 2).FirstOrDefault([]), 1));
        return new CollectedSpan(Hex(Fields(span, 1)), Hex(Fields(span, 2)), parent.Length == 0 ? null : Convert.ToHexStringLower(parent), Text(Fields(span, 5)), tags);
    }

    private static string Hex(IEnumerable<byte[]> values) => Convert.ToHexStringLower(values.FirstOrDefault([]));

    private static string Text(IEnumerable<byte[]> values) => Encoding.UTF8.GetString(values.FirstOrDefault([]));

    /// <summary>The length-delimited fields with a number; others are passed over (protobuf wire format).</summary>
    private static List<byte[]> Fields(byte[] message, int number)
    {
        var found = new List<byte[]>();
        var at = 0;
        while (at < message.Length)
        {
            var key = Varint(message, ref at);
            switch (key & 7)
            {
                case 0:
                    Varint(message, ref at);
                    break;
                case 1:
                    at += 8;
                    break;
                case 2:
                    var length = (int)Varint(message, ref at);
                    if ((int)(key >> 3) == number)
                        found.Add(message[at..(at + length)]);
                    at += length;
                    break;
                case 5:
                    at += 4;
                    break;
                default:
                    throw new InvalidDataException($"Wire type {key & 7} is not known.");
            }
        }

        return found;
    }

    private static ulong Varint(byte[] message, ref int at)
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var part = message[at++];
            value |= (ulong)(part & 0x7f) << shift;
            if ((part & 0x80) == 0)
                return value;
        }
    }
}
