using McpOrchestrator.Services;
using McpOrchestrator.Tests.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using ModelContextProtocol;
using ModelContextProtocol.Server;
using Platform.Sockets;
using Testing;

namespace McpOrchestrator.Tests.Services;

public sealed class ServiceRegistryTests : IAsyncLifetime, IDisposable
{
    private readonly SocketTestFolder _folder = new();
    private readonly McpServerPrimitiveCollection<McpServerTool> _offered = [TestServer.Tool("get_health", () => "ok")];
    private readonly SemaphoreSlim _changed = new(0);
    private readonly ServiceRegistry _registry;

    public ServiceRegistryTests()
    {
        _registry = new ServiceRegistry(_offered, _folder.File("hub.sock"), NullLoggerFactory.Instance, TimeProvider.System);
        _offered.Changed += (_, _) => _changed.Release();
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _registry.DisposeAsync();

    public void Dispose()
    {
        _changed.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Register_LivingService_OffersItsToolsAtOnce()
    {
        await using var server = StartService("one", "two", "private");

        var listing = await ConnectAsync(Service("svc", "one", "two", "missing"));

        Assert.Equal(["one", "two"], listing.Tools);
        Assert.Equal(["get_health", "one", "two"], _offered.PrimitiveNames.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Register_NoToolNamed_OffersAll()
    {
        await using var server = StartService("one", "two");
        Assert.Equal(["one", "two"], (await ConnectAsync(Service("svc"))).Tools);
    }

    [Fact]
    public async Task Service_DiesAndComesBack_ToolsGoAndReturn()
    {
        var server = StartService("one");
        await ConnectAsync(Service("svc", "one"));

        await server.DisposeAsync();
        await UntilAsync(() => !_offered.PrimitiveNames.Contains("one"));
        Assert.Equal("unreachable", _registry.List()[0].Status);
        Assert.NotNull(_registry.List()[0].LastError);

        await using var again = StartService("one");
        await UntilAsync(() => _offered.PrimitiveNames.Contains("one"));
        await Eventually.HoldsAsync("it is connected", () => _registry.List()[0].Status == "connected"); // its tools are offered first
    }

    [Fact]
    public async Task Register_SameAgain_ChangesNothing()
    {
        await using var server = StartService("one");
        await ConnectAsync(Service("svc", "one"));
        var before = _registry.List()[0].Since;
        Assert.True(_offered.TryGetPrimitive("one", out var tool));

        await ConnectAsync(Service("svc", "one"));

        Assert.Equal(before, _registry.List()[0].Since);
        Assert.True(_offered.TryGetPrimitive("one", out var same));
        Assert.Same(tool, same);
    }

    [Fact]
    public async Task Register_ServiceNotThereYet_IsKeptAndConnectedLater()
    {
        var listing = await _registry.RegisterAsync(Service("svc", "one"), default).Within();
        Assert.Equal("unreachable", listing.Status);

        await using var server = StartService("one");

        await UntilAsync(() => _offered.PrimitiveNames.Contains("one"));
    }

    [Fact]
    public async Task Deregister_Service_WithdrawsTools()
    {
        await using var server = StartService("one");
        await ConnectAsync(Service("svc", "one"));

        Assert.True(await _registry.DeregisterAsync("svc").Within());

        Assert.Equal(["get_health"], _offered.PrimitiveNames);
        Assert.Empty(_registry.List());
        Assert.False(await _registry.DeregisterAsync("svc").Within());
    }

    [Fact]
    public async Task Register_ToolNameOfThisServer_IsRefused()
    {
        var error = await Assert.ThrowsAsync<McpException>(() => _registry.RegisterAsync(Service("svc", "get_health"), default));
        Assert.Equal("tools: 'get_health' is offered by this server itself.", error.Message);
    }

    [Fact]
    public async Task Register_ToolNameOfOtherService_IsRefused()
    {
        await using var server = StartService("one");
        await ConnectAsync(Service("svc", "one"));

        var error = await Assert.ThrowsAsync<McpException>(() => _registry.RegisterAsync(Service("other", "one"), default));

        Assert.Contains("offered by the service 'svc'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Register_NameOfLivingServiceWithOtherSocket_IsRefused()
    {
        await using var server = StartService("one");
        await ConnectAsync(Service("svc", "one"));

        var error = await Assert.ThrowsAsync<McpException>(() => _registry.RegisterAsync(Service("svc", "one") with { SocketPath = _folder.File("b.sock") }, default));

        Assert.Contains("and lives", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bad name", "/tmp/x.sock", "name:")]
    [InlineData("svc", "relative.sock", "not an absolute path")]
    [InlineData("svc", "/tmp/" + "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345", "at most 107")]
    public async Task Register_BadArguments_SayWhatIsWrong(string name, string path, string message)
    {
        var error = await Assert.ThrowsAsync<McpException>(() => _registry.RegisterAsync(new Registration(name, path, [], "1"), default));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Register_OwnSocket_IsRefused()
    {
        var error = await Assert.ThrowsAsync<McpException>(() => _registry.RegisterAsync(Service("svc") with { SocketPath = _folder.File("hub.sock") }, default));
        Assert.Contains("own socket", error.Message, StringComparison.Ordinal);
    }

    // The first connection of a process takes its time, and registering does not wait for ever.
    private async Task<ServiceListing> ConnectAsync(Registration service)
    {
        await _registry.RegisterAsync(service, default).Within();
        await Eventually.HoldsAsync("it is connected", () => _registry.List().Single(listing => listing.Name == service.Name).Status == "connected");
        return _registry.List().Single(listing => listing.Name == service.Name);
    }

    private Registration Service(string name, params string[] tools) => new(name, _folder.Socket, tools, "1");

    private TestServer StartService(params string[] tools) =>
        TestServer.Start(new McpListenerSettings { Path = _folder.Socket, StopGrace = TimeSpan.FromMilliseconds(50) }, [.. tools.Select(t => TestServer.Tool(t, () => t))]);

    private async Task UntilAsync(Func<bool> condition)
    {
        while (!condition()) Assert.True(await _changed.WaitAsync(Bounded.Limit), "the offered tools did not change in time");
    }
}
