using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Extensions.Options;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using Platform.Sockets;

namespace Workflow.Mcp.Bridge;

/// <summary>
/// Speaks for the daemon while there is none: the same tools and prompts, from the same description, so that a client that starts first sees what there
/// is; and every call is answered with what is wrong and what to do about it.
/// </summary>
internal sealed class OfflineServer : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly McpServerOptions _options;
    private readonly LocalTransport _transport;
    private readonly McpServer _server;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _run;

    /// <summary>Makes it; it answers through <paramref name="answer"/>.</summary>
    /// <param name="addTools">Adds the tools of other rooms, as the daemon does.</param>
    /// <param name="problem">What is wrong, and what to do about it.</param>
    /// <param name="answer">Takes each answer.</param>
    public OfflineServer(Action<IServiceCollection> addTools, Func<string> problem, Action<JsonRpcMessage> answer)
    {
        var services = new ServiceCollection().AddMcpDescription();
        addTools(services);
        services.AddOptions<McpServerOptions>().PostConfigure(options => Complete(options, problem));
        _services = services.BuildServiceProvider();
        _options = _services.GetRequiredService<IOptions<McpServerOptions>>().Value;
        _transport = new LocalTransport(answer);
        _server = McpServer.Create(_transport, _options, null, _services);
        _run = _server.RunAsync(_stop.Token);
    }

    /// <summary>Whether a tool changes nothing, so that it may be called again.</summary>
    public bool OnlyReads(string tool) =>
        _options.ToolCollection is { } tools && tools.TryGetPrimitive(tool, out var found) && found.ProtocolTool.Annotations?.ReadOnlyHint == true;

    /// <summary>Hands it a message. False when it is none that can be read.</summary>
    public bool Receive(byte[] line)
    {
        try
        {
            if (JsonSerializer.Deserialize<JsonRpcMessage>(line, McpJsonUtilities.DefaultOptions) is not { } message)
                return false;
            message.Context = new JsonRpcMessageContext { User = Callers.OverHttp(hasToken: true) }; // who asks for less is given less all the same
            _transport.Receive(message);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _run.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _server.DisposeAsync();
        await _services.DisposeAsync();
        _stop.Dispose();
    }

    private static void Complete(McpServerOptions options, Func<string> problem)
    {
        CallerAccess.Guard(options, "the state folder of the daemon");
        options.Filters.Request.CallToolFilters.Add(_ => (_, _) => ValueTask.FromResult(ToolCalls.Error(problem())));
        options.Filters.Request.GetPromptFilters.Add(_ => (_, _) => throw new McpProtocolException(problem(), McpErrorCode.InternalError));
        options.Handlers.ReadResourceHandler = (_, _) => throw new McpProtocolException(problem(), McpErrorCode.InternalError);
        options.Handlers.ListResourcesHandler = (_, _) => throw new McpProtocolException(problem(), McpErrorCode.InternalError);
        options.Handlers.ListResourceTemplatesHandler = (_, _) => ValueTask.FromResult(new ListResourceTemplatesResult());
        options.Handlers.CompleteHandler = (_, _) => ValueTask.FromResult(new CompleteResult());

        // The bridge subscribes again when the daemon is there.
        options.Handlers.SubscribeToResourcesHandler = (_, _) => ValueTask.FromResult(new EmptyResult());
        options.Handlers.UnsubscribeFromResourcesHandler = (_, _) => ValueTask.FromResult(new EmptyResult());
    }

    private sealed class LocalTransport(Action<JsonRpcMessage> answer) : ITransport
    {
        private readonly Channel<JsonRpcMessage> _incoming = Channel.CreateUnbounded<JsonRpcMessage>();

        public string? SessionId => null;

        public ChannelReader<JsonRpcMessage> MessageReader => _incoming.Reader;

        public void Receive(JsonRpcMessage message) => _incoming.Writer.TryWrite(message);

        public Task SendMessageAsync(JsonRpcMessage message, CancellationToken cancellationToken = default)
        {
            answer(message);
            return Task.CompletedTask;
        }

        public ValueTask DisposeAsync()
        {
            _incoming.Writer.TryComplete();
            return ValueTask.CompletedTask;
        }
    }
}
