using McpOrchestrator.Agents.Configuration;
using Microsoft.Extensions.Logging;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using Platform.Sockets;

namespace McpOrchestrator.Agents.Tools;

/// <summary>How the servers of tool agents are reached.</summary>
internal static class ToolConnections
{
    /// <summary>Settings of the connection; a child process is started anew for each.</summary>
    internal static McpClientSettings For(AgentDefinition.Tool definition, string root, ILoggerFactory loggerFactory, TimeProvider timeProvider)
    {
        var settings = new McpClientSettings
        {
            Path = Name(definition.Server),
            Client = new Implementation { Name = Product.Name, Version = Product.Version },
            ConnectTimeout = TimeSpan.FromSeconds(30), // npx and the like load before they answer
            FirstPause = TimeSpan.FromMilliseconds(500),
            LongestPause = TimeSpan.FromSeconds(60),
            StableAfter = TimeSpan.FromSeconds(30),
        };
        return definition.Server switch
        {
            ToolServer.Stdio stdio => settings with { Open = token => StartAsync(stdio.Program, settings, definition.Profile.Id, root, loggerFactory, timeProvider, token) },
            ToolServer.Http http => settings with { Open = token => ConnectAsync(http, settings.Limits, loggerFactory, token) },
            _ => settings,
        };
    }

    private static string Name(ToolServer server) => server switch
    {
        ToolServer.Stdio stdio => stdio.Program.FileName,
        ToolServer.Http http => http.Url.GetLeftPart(UriPartial.Path),
        ToolServer.Socket socket => socket.Path,
        _ => throw new InvalidOperationException($"There is no server of the kind {server.GetType().Name}."),
    };

    private static async Task<McpConnection> StartAsync(
        ProgramCall program, McpClientSettings settings, string agent, string root, ILoggerFactory loggerFactory, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        var (child, socket) = await ChildServer.StartAsync(program, root, agent, loggerFactory.CreateLogger<ChildServer>(), cancellationToken);
        var transport = new McpSocketTransport(socket, $"to-{agent}", settings.Limits, null, loggerFactory, timeProvider);
        return new McpConnection(new OwningTransport(transport, child), null, transport.PeerGone);
    }

    private static async Task<McpConnection> ConnectAsync(ToolServer.Http server, McpTransportLimits limits, ILoggerFactory loggerFactory, CancellationToken cancellationToken)
    {
        var options = new HttpClientTransportOptions { Endpoint = server.Url, TransportMode = HttpTransportMode.StreamableHttp, Name = "tool-agent" };
        if (server.TokenVariable is { } variable && Environment.GetEnvironmentVariable(variable) is { Length: > 0 } token)
            options.AdditionalHeaders = new Dictionary<string, string>(StringComparer.Ordinal) { ["Authorization"] = $"Bearer {token}" };
        var http = new HttpClient(new BoundedResponses(limits.MaxMessageBytes) { InnerHandler = new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) } }) { Timeout = Timeout.InfiniteTimeSpan };
        var transport = new HttpClientTransport(options, http, loggerFactory, ownsHttpClient: true);
        return new McpConnection(new OwningTransport(await transport.ConnectAsync(cancellationToken), transport), null, CancellationToken.None);
    }

    /// <summary>A transport that takes what it stands on with it.</summary>
    private sealed class OwningTransport(ITransport inner, IAsyncDisposable owned) : ITransport
    {
        public string? SessionId => inner.SessionId;

        public System.Threading.Channels.ChannelReader<JsonRpcMessage> MessageReader => inner.MessageReader;

        public Task SendMessageAsync(JsonRpcMessage message, CancellationToken cancellationToken = default) => inner.SendMessageAsync(message, cancellationToken);

        public async ValueTask DisposeAsync()
        {
            await inner.DisposeAsync();
            await owned.DisposeAsync();
        }
    }
}
