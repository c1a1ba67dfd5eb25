using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Testing.Models;

/// <summary>Which server the simulator looks like.</summary>
public enum SimulatedServer
{
    /// <summary>LM Studio 0.4 with its native API.</summary>
    LmStudio,

    /// <summary>LM Studio 0.3: only the older native API.</summary>
    LmStudioOld,

    LlamaCpp,

    Ollama,

    /// <summary>Nothing but <c>/v1</c>.</summary>
    Plain,
}

/// <summary>What the simulator is.</summary>
public sealed record SimulatorOptions
{
    public SimulatedServer Server { get; init; } = SimulatedServer.LmStudio;

    public string ModelId { get; init; } = "simulated-7b";

    public int ContextTokens { get; init; } = 32_768;

    /// <summary>Requests worked on at a time; the rest queue inside, as in LM Studio.</summary>
    public int Slots { get; init; } = 4;

    /// <summary>Time that every request holds its slot; zero: only as long as it writes.</summary>
    public TimeSpan ServiceTime { get; init; }

    /// <summary>Models that are there and not loaded (LM Studio's native list).</summary>
    public IReadOnlyList<string> Downloaded { get; init; } = [];

    /// <summary>When set, requests without it are refused.</summary>
    public string? ApiKey { get; init; }
}

/// <summary>
/// A model server on a real port that can do everything that the real ones do, also what they should not. Answers are scripted request by request;
/// without a script it gives the smallest answer that fits the schema. It can stop and start again on the same port.
/// </summary>
public sealed class ModelSimulator(SimulatorOptions options, int port = 0) : IAsyncDisposable
{
    private readonly ConcurrentQueue<SimulatedReply> _script = new();
    private readonly ConcurrentQueue<SimulatedRequest> _requests = new();
    private readonly SemaphoreSlim _slots = new(options.Slots, options.Slots);
    private WebApplication? _app;
    private int _numbers;
    private int _active;
    private int _mostActive;
    private int _loads;
    private readonly ConcurrentDictionary<string, bool> _answered = new(StringComparer.Ordinal);
    private int _repeated;
    private volatile bool _stopping;
    private long _served;
    private long _firstStarted;
    private long _lastEnded;

    public SimulatorOptions Options { get; set; } = options;

    /// <summary>Whether a model is loaded.</summary>
    public bool IsLoaded { get; set; } = true;

    /// <summary>The answer to requests beyond the script.</summary>
    public SimulatedReply Default { get; set; } = Replies.Obedient();

    /// <summary>The answer to the client's test request.</summary>
    public SimulatedReply Canary { get; set; } = Replies.Obedient();

    public int Port { get; private set; } = port;

    public Uri Address => new($"http://127.0.0.1:{Port}");

    /// <summary>The chat requests so far, without test requests.</summary>
    public IReadOnlyList<SimulatedRequest> Requests => [.. _requests.Where(request => !request.IsCanary)];

    /// <summary>Most chat requests that were inside the server at the same time, waiting ones included.</summary>
    public int MostActive => _mostActive;

    /// <summary>Time that requests have held a slot, all together.</summary>
    public TimeSpan Served => System.Diagnostics.Stopwatch.GetElapsedTime(0, Volatile.Read(ref _served));

    /// <summary>From the first request's slot to the last request's end.</summary>
    public TimeSpan Span => System.Diagnostics.Stopwatch.GetElapsedTime(Volatile.Read(ref _firstStarted), Volatile.Read(ref _lastEnded));

    /// <summary>Requests, byte for byte, that came although the same one had been answered to its end before.</summary>
    public int Repeated => _repeated;

    /// <summary>Explicit loads by <c>POST /api/v1/models/load</c>.</summary>
    public int Loads => _loads;

    public static async Task<ModelSimulator> StartAsync(SimulatorOptions? options = null, int port = 0)
    {
        var simulator = new ModelSimulator(options ?? new SimulatorOptions(), port);
        await simulator.StartAsync();
        return simulator;
    }

    /// <summary>Answers to the next chat requests, in order.</summary>
    public void Script(params SimulatedReply[] replies)
    {
        foreach (var reply in replies)
            _script.Enqueue(reply);
    }

    public async Task StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, Port, listen => listen.Protocols = HttpProtocols.Http1));
        var app = builder.Build();
        app.Run(ServeAsync);
        _stopping = false;
        await app.StartAsync();
        Port = new Uri(app.Urls.First()).Port;
        _app = app;
    }

    /// <summary>Ends like a killed server: connections are cut, the port is closed.</summary>
    public async Task StopAsync()
    {
        if (_app is null)
            return;
        _stopping = true; // what is not complete by now is cut
        using var now = new CancellationTokenSource(TimeSpan.Zero);
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
        _app = null;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _slots.Dispose();
    }

    /// <summary>Waits until the client hangs up.</summary>
    internal async Task HoldAsync(HttpContext context)
    {
        await context.Response.Body.FlushAsync(context.RequestAborted);
        await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
    }

    private async Task ServeAsync(HttpContext context)
    {
        if (Options.ApiKey is { } key && context.Request.Headers.Authorization != "Bearer " + key)
        {
            await WriteAsync(context, 401, """{"error":{"type":"invalid_request","code":"invalid_api_key","message":"An LM Studio API token is required to make requests to this server."}}""");
            return;
        }

        var path = $"{context.Request.Method} {context.Request.Path}";
        if (path == "POST /v1/chat/completions")
        {
            await ChatAsync(context);
            return;
        }

        if (path == "POST /api/v1/models/load" && Options.Server == SimulatedServer.LmStudio)
        {
            Interlocked.Increment(ref _loads);
            IsLoaded = true;
            await WriteAsync(context, 200, new JsonObject { ["type"] = "llm", ["instance_id"] = Options.ModelId, ["load_time_seconds"] = 0.1, ["status"] = "loaded" }.ToJsonString());
            return;
        }

        if (ServerPages.Page(path, this) is { } page)
            await WriteAsync(context, 200, page);
        else if (Options.Server is SimulatedServer.LmStudio or SimulatedServer.LmStudioOld)
            await WriteAsync(context, 200, new JsonObject { ["error"] = $"Unexpected endpoint or method. ({path})" }.ToJsonString()); // really with status 200
        else
            await WriteAsync(context, 404, """{"error":{"message":"File Not Found","type":"not_found_error","code":404}}""");
    }

    private async Task ChatAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        using var document = JsonDocument.Parse(body.ToArray());
        var request = new SimulatedRequest(
            document.RootElement.Clone(), body.ToArray(), context.Request.Headers.Authorization.ToString() is { Length: > 0 } header ? header : null, context.Request.ContentLength, Interlocked.Increment(ref _numbers));
        _requests.Enqueue(request);
        var text = request.Body.GetRawText();
        if (!request.IsCanary && _answered.ContainsKey(text))
            Interlocked.Increment(ref _repeated);
        var reply = request.IsCanary ? Canary : _script.TryDequeue(out var scripted) ? scripted : Default;
        if (!IsLoaded)
            reply = Replies.Error(404, "No models loaded. Please load a model in the developer page or use the 'lms load' command.", parameter: "model");
        var active = Interlocked.Increment(ref _active);
        InterlockedMax(ref _mostActive, active);
        var hasLeft = 0;
        void Leave()
        {
            if (Interlocked.Exchange(ref hasLeft, 1) == 0)
                Interlocked.Decrement(ref _active);
        }

        context.Items[ChunkWriter.BeforeDone] = (Action)Leave; // a client that has read [DONE] may send its next request before this one has returned
        try
        {
            await _slots.WaitAsync(context.RequestAborted);
            var started = System.Diagnostics.Stopwatch.GetTimestamp();
            try
            {
                if (Options.ServiceTime > TimeSpan.Zero && !request.IsCanary)
                    await Task.Delay(Options.ServiceTime, context.RequestAborted);
                await reply(request, context, this);
                await context.Response.CompleteAsync(); // with its last byte out of our hands: the client has it, whatever becomes of the connection
                if (!context.RequestAborted.IsCancellationRequested && !_stopping)
                    _answered[text] = true;
            }
            finally
            {
                if (!request.IsCanary)
                {
                    Interlocked.CompareExchange(ref _firstStarted, started, 0);
                    Volatile.Write(ref _lastEnded, System.Diagnostics.Stopwatch.GetTimestamp());
                    Interlocked.Add(ref _served, System.Diagnostics.Stopwatch.GetTimestamp() - started);
                }

                _slots.Release();
            }
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client hung up.
        }
        finally
        {
            Leave();
        }
    }

    private static async Task WriteAsync(HttpContext context, int status, string json)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(json, context.RequestAborted);
    }

    private static void InterlockedMax(ref int target, int value)
    {
        int seen;
        while ((seen = Volatile.Read(ref target)) < value && Interlocked.CompareExchange(ref target, value, seen) != seen)
        {
        }
    }
}
