using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using Platform.Sockets;

namespace McpOrchestrator.Services;

/// <summary>A service's state for health.</summary>
/// <param name="Status"><c>connected</c> or <c>unreachable</c>.</param>
/// <param name="Since">When that state began.</param>
/// <param name="Tools">Its tools that are offered now.</param>
/// <param name="LastError">Why it cannot be reached; null while connected.</param>
internal sealed record ServiceListing(string Name, string Version, string SocketPath, string Status, DateTimeOffset Since, IReadOnlyList<string> Tools, string? LastError);

/// <summary>
/// The services that registered here, in memory: after a restart they register again. Their tools are offered while they live. A service that
/// cannot be reached for long is forgotten.
/// </summary>
internal sealed partial class ServiceRegistry(
    McpServerPrimitiveCollection<McpServerTool> offered, string ownSocketPath, ILoggerFactory loggerFactory, TimeProvider timeProvider) : IAsyncDisposable
{
    private const int MaxServices = 64;
    private const int MaxTools = 200;
    private static readonly TimeSpan s_firstConnection = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_forgetAfter = TimeSpan.FromMinutes(10);

    private readonly ILogger _logger = loggerFactory.CreateLogger<ServiceRegistry>();
    private readonly Lock _gate = new();
    private readonly Dictionary<string, RegisteredService> _services = new(StringComparer.Ordinal);

    /// <summary>Registers a service, or confirms a registration that is there already. Waits a moment for its connection.</summary>
    /// <exception cref="McpException">The registration cannot be taken; the message is for the caller.</exception>
    internal async Task<ServiceListing> RegisterAsync(Registration registration, CancellationToken cancellationToken)
    {
        Check(registration);
        RegisteredService service;
        RegisteredService? replaced = null;
        lock (_gate)
        {
            if (_services.TryGetValue(registration.Name, out var known))
            {
                if (known.Registration.IsSameAs(registration))
                {
                    return Listing(known);
                }

                if (known.State is LinkState.Connected && known.Registration.SocketPath != registration.SocketPath)
                    throw new McpException($"A service '{registration.Name}' is registered with the socket {known.Registration.SocketPath} and lives. Deregister it first, or take another name.");
                Withdraw(known);
                replaced = known;
            }
            else if (_services.Count >= MaxServices)
            {
                throw new McpException($"{MaxServices} services are registered, which is the limit.");
            }

            RefuseTakenNames(registration);
            _services[registration.Name] = service = new RegisteredService(registration, Offer, Lost, loggerFactory, timeProvider);
        }

        LogRegistered(registration.Name, registration.Version, registration.SocketPath);
        if (replaced is not null) await replaced.DisposeAsync();
        await service.WaitConnectedAsync(s_firstConnection, timeProvider, cancellationToken);
        return Listing(service);
    }

    /// <summary>Forgets a service; false when there is none of that name.</summary>
    internal async Task<bool> DeregisterAsync(string name)
    {
        RegisteredService? service;
        lock (_gate)
        {
            if (!_services.Remove(name, out service)) return false;
            Withdraw(service);
        }

        LogDeregistered(name);
        await service.DisposeAsync();
        return true;
    }

    internal IReadOnlyList<ServiceListing> List()
    {
        lock (_gate) return [.. _services.Values.Select(Listing).OrderBy(s => s.Name, StringComparer.Ordinal)];
    }

    public async ValueTask DisposeAsync()
    {
        RegisteredService[] all;
        lock (_gate)
        {
            all = [.. _services.Values];
            _services.Clear();
        }

        foreach (var service in all) await service.DisposeAsync();
    }

    private void Check(Registration registration)
    {
        if (!NamePattern().IsMatch(registration.Name)) throw new McpException($"name: '{registration.Name}' may have only letters, digits, '.', '_' and '-', at most 64.");
        if (!Path.IsPathRooted(registration.SocketPath)) throw new McpException($"socket_path: '{registration.SocketPath}' is not an absolute path.");
        if (SocketFile.ProblemWith(registration.SocketPath) is { } problem) throw new McpException($"socket_path: {problem}.");
        if (Path.GetFullPath(registration.SocketPath) == ownSocketPath) throw new McpException("socket_path: that is this server's own socket; its tools would call themselves.");
        if (registration.Tools.Count > MaxTools) throw new McpException($"tools: at most {MaxTools} can be registered.");
    }

    private void RefuseTakenNames(Registration registration)
    {
        foreach (var name in registration.Tools)
        {
            if (!offered.TryGetPrimitive(name, out var taken)) continue;
            var owner = taken is ProxyTool proxy ? $"the service '{proxy.Service.Registration.Name}'" : "this server itself";
            throw new McpException($"tools: '{name}' is offered by {owner}.");
        }
    }

    /// <summary>Offers a service's tools. Called whenever it has been connected, so also after its restart, when they may be others.</summary>
    private void Offer(RegisteredService service, IReadOnlyList<Tool> tools)
    {
        lock (_gate)
        {
            if (_services.GetValueOrDefault(service.Registration.Name) != service) return;
            var wanted = service.Registration.Tools.ToHashSet(StringComparer.Ordinal);
            using (offered.DeferChangedEvents())
            {
                Withdraw(service);
                foreach (var tool in tools.Where(t => wanted.Count == 0 || wanted.Contains(t.Name)).Take(MaxTools))
                {
                    if (!offered.TryAdd(new ProxyTool(service, tool))) LogTaken(tool.Name, service.Registration.Name);
                }
            }

            foreach (var missing in wanted.Except(tools.Select(t => t.Name), StringComparer.Ordinal)) LogMissing(service.Registration.Name, missing);
        }
    }

    private void Lost(RegisteredService service, LinkState.Disconnected state)
    {
        lock (_gate) Withdraw(service);
        if (timeProvider.GetUtcNow() - state.Since < s_forgetAfter) return;
        _ = Task.Run(() => ForgetAsync(service)); // not here: the connection that reports this would wait for its own end
    }

    private async Task ForgetAsync(RegisteredService service)
    {
        lock (_gate)
        {
            if (_services.GetValueOrDefault(service.Registration.Name) != service) return;
            _services.Remove(service.Registration.Name);
        }

        LogForgotten(service.Registration.Name, s_forgetAfter.TotalMinutes);
        await service.DisposeAsync();
    }

    private void Withdraw(RegisteredService service)
    {
        foreach (var proxy in offered.OfType<ProxyTool>().Where(p => p.Service == service).ToList()) offered.Remove(proxy);
    }

    private ServiceListing Listing(RegisteredService service)
    {
        var (registration, state) = (service.Registration, service.State);
        List<string> tools = [.. offered.OfType<ProxyTool>().Where(p => p.Service == service).Select(p => p.ProtocolTool.Name).Order(StringComparer.Ordinal)];
        var error = (state as LinkState.Disconnected)?.LastError;
        return new ServiceListing(registration.Name, registration.Version, registration.SocketPath, state is LinkState.Connected ? "connected" : "unreachable", state.Since, tools, error);
    }

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
    private static partial Regex NamePattern();

    [LoggerMessage(EventId = 2021, Level = LogLevel.Information, Message = "Registered the service {Service} {Version} on {Path}")]
    private partial void LogRegistered(string service, string version, string path);

    [LoggerMessage(EventId = 2022, Level = LogLevel.Information, Message = "Deregistered the service {Service}")]
    private partial void LogDeregistered(string service);

    [LoggerMessage(EventId = 2023, Level = LogLevel.Warning, Message = "The tool {Tool} of {Service} is not offered: another has that name")]
    private partial void LogTaken(string tool, string service);

    [LoggerMessage(EventId = 2024, Level = LogLevel.Warning, Message = "The service {Service} registered the tool {Tool} but does not have it")]
    private partial void LogMissing(string service, string tool);

    [LoggerMessage(EventId = 2025, Level = LogLevel.Information, Message = "The service {Service} could not be reached for {Minutes} minutes and was forgotten")]
    private partial void LogForgotten(string service, double minutes);
}
