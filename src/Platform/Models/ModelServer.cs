using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Platform.Models.Admission;
using Platform.Models.Inventory;
using Platform.Models.Recording;
using Platform.Models.Wire;

namespace Platform.Models;

/// <summary>One model server: its client, what is known of it, and the loop that keeps that up to date.</summary>
/// <remarks>One object a process: admission counts the calls that go through it.</remarks>
public sealed class ModelServer : IDisposable
{
    private readonly HttpClient _http;
    private readonly ModelGate _gate;
    private readonly ModelInventory? _inventory;
    private readonly ModelChatClient _client;

    private ModelServer(ModelServerSettings settings, HttpMessageHandler? handler, ILoggerFactory loggers, TimeProvider time)
    {
        var address = ModelAddress.Of(settings.BaseAddress);
        _http = ModelHttp.Create(settings, handler);
        _gate = new ModelGate(time);
        var logger = loggers.CreateLogger<ModelServer>();
        var probe = new ServerProbe(_http, address, settings.ProbeTimeout, time);
        var canary = new Canary(new ChatExchange(_http, address, settings with { FirstTokenTimeout = Canary.Limit(settings) }, time));
        _inventory = new ModelInventory(probe, canary, new ModelLoader(_http, address, settings, logger, time), settings, logger, time);
        _client = new ModelChatClient(settings, _http, _inventory, _gate, new TokenEstimator(), new ExchangeRecorder(settings, logger, time), time);
        _inventory.BeforeChange = TakeOverAsync;
        Inventory = _inventory;
        ModelInstruments.Watch(_gate);
    }

    private ModelServer(ModelServerSettings settings, ModelInfo model, HttpMessageHandler handler, ILoggerFactory loggers, TimeProvider time, int maxAttempts)
    {
        _http = ModelHttp.Create(settings, handler);
        _gate = new ModelGate(time);
        _gate.Configure(model.Slots, model.PoolTokens);
        Inventory = new FixedInventory(model);
        _client = new ModelChatClient(settings, _http, Inventory, _gate, new TokenEstimator(), new ExchangeRecorder(settings, loggers.CreateLogger<ModelServer>(), time), time, maxAttempts);
    }

    /// <summary>For <see cref="ModelCalls.AskAsync"/>, or as any chat client.</summary>
    public IChatClient Client => _client;

    public IModelInventory Inventory { get; }

    /// <summary>Makes the client. Nothing is sent before the first call or <see cref="RunAsync"/>.</summary>
    /// <param name="settings">The server and the limits.</param>
    /// <param name="loggers">Where states are logged.</param>
    /// <param name="time">Clock of every limit.</param>
    /// <param name="handler">Replaces the network.</param>
    public static ModelServer Create(ModelServerSettings settings, ILoggerFactory loggers, TimeProvider time, HttpMessageHandler? handler = null) => new(settings, handler, loggers, time);

    /// <summary>Lets no more calls at a time be in flight than this, below what the server could do; it may change at any time.</summary>
    public void LimitCalls(int calls) => _gate.Limit(calls);

    /// <summary>Keeps <see cref="Inventory"/> up to date until the token fires. Without it the inventory is looked at when a call needs it.</summary>
    /// <param name="beat">Called in every turn.</param>
    /// <param name="cancellationToken">Ends the loop.</param>
    public Task RunAsync(Action beat, CancellationToken cancellationToken) =>
        _inventory?.RunAsync(beat, cancellationToken) ?? throw new InvalidOperationException("A replay has no server to look at.");

    /// <summary>A server whose answers come from a handler and whose model is always ready.</summary>
    internal static ModelServer ForReplay(ModelInfo model, HttpMessageHandler handler, ILoggerFactory loggers, TimeProvider time, int maxAttempts = ModelPipeline.MaxAttempts) =>
        new(new ModelServerSettings(new Uri("http://replay.invalid/")), model, handler, loggers, time, maxAttempts);

    /// <summary>Looks at a server without asking its model anything.</summary>
    public static async Task<ServerLook> LookAsync(ModelServerSettings settings, TimeProvider time, CancellationToken cancellationToken)
    {
        using var http = ModelHttp.Create(settings);
        var (listing, failure) = await new ServerProbe(http, ModelAddress.Of(settings.BaseAddress), settings.ProbeTimeout, time).LookAsync(cancellationToken);
        return new ServerLook(listing?.Server, [.. (listing?.Models ?? []).Select(model => new ServerModel(model.Id, model.Key, model.IsLoaded, model.ContextTokens, model.Slots))], failure);
    }

    public void Dispose()
    {
        _client.Dispose();
        _http.Dispose();
    }

    private async Task TakeOverAsync(ModelState state)
    {
        if (state is not ModelState.Ready { Model: var model })
            return;
        _gate.Configure(model.Slots, model.PoolTokens);
        await _client.CloseBreakerAsync(CancellationToken.None);
    }
}
