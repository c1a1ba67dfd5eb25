using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging.Abstractions;
using Platform.Models;
using Testing;
using Testing.Models;
using Workflow.Hosting;
using Workflow.Models;

namespace Workflow.Tests.Models;

/// <summary>What is known of the server follows it: never "ready" for what does not work.</summary>
public sealed class InventoryTests
{
    [Fact]
    public async Task Check_ServerGoesAndComesBack_TellsBothAndCallsWorkAgain()
    {
        await using var simulator = await ModelSimulator.StartAsync();
        using var server = Create(simulator);
        var seen = new List<ModelState>();
        using var subscription = server.Inventory.OnChanged(seen.Add);
        await server.Inventory.CheckAsync(CancellationToken.None);
        await simulator.StopAsync();
        var gone = Assert.IsType<ModelState.NotReady>(await server.Inventory.CheckAsync(CancellationToken.None));
        Assert.Equal(ModelFailureClass.Unavailable, gone.Failure.Class);
        Assert.IsType<ModelOutcome.Failed>(await AskAsync(server));

        var ready = server.Inventory.WaitReadyAsync(CancellationToken.None);
        await simulator.StartAsync();
        await server.Inventory.CheckAsync(CancellationToken.None);
        Assert.Equal("simulated-7b", (await ready).Id);
        Assert.IsType<ModelOutcome.Answered>(await AskAsync(server));
        Assert.Equal([typeof(ModelState.Ready), typeof(ModelState.NotReady), typeof(ModelState.Ready)], seen.Select(state => state.GetType()));
    }

    [Fact]
    public async Task Doubt_ListedModelDoesNotWork_IsNotReadyUntilItsTestWorks()
    {
        await using var simulator = await ModelSimulator.StartAsync();
        using var server = Create(simulator);
        await server.Inventory.CheckAsync(CancellationToken.None);
        var crash = Replies.Error(400, "The model has crashed without additional information. (Exit code: 6)");
        (simulator.Default, simulator.Canary) = (crash, crash);
        Assert.IsType<ModelOutcome.Failed>(await AskAsync(server));
        await Eventually.HoldsAsync("the list says loaded, the state says no", () => server.Inventory.Current is ModelState.NotReady { Failure.Kind: ModelFailureKind.Crashed });
        (simulator.Default, simulator.Canary) = (Replies.Obedient(), Replies.Obedient());
        await Eventually.HoldsAsync("it is tested again", async () => await server.Inventory.CheckAsync(CancellationToken.None) is ModelState.Ready);
    }

    [Theory]
    [InlineData(SimulatedServer.LmStudio)]
    [InlineData(SimulatedServer.LmStudioOld)]
    public async Task Check_DownloadedAndNotLoaded_IsNotReady(SimulatedServer kind)
    {
        await using var simulator = await ModelSimulator.StartAsync(new SimulatorOptions { Server = kind });
        simulator.IsLoaded = false;
        using var server = Create(simulator);
        var state = Assert.IsType<ModelState.NotReady>(await server.Inventory.CheckAsync(CancellationToken.None));
        Assert.Equal(ModelFailureKind.NoModel, state.Failure.Kind);
        Assert.Contains("simulated-7b", state.Failure.Message);
        Assert.Equal(0, simulator.Loads);
    }

    [Fact]
    public async Task Check_NamedModelNotLoaded_IsLoadedOnce()
    {
        await using var simulator = await ModelSimulator.StartAsync();
        simulator.IsLoaded = false;
        using var server = Create(simulator, settings => settings with { Model = "simulated-7b", LoadContextTokens = 8192 });
        Assert.IsType<ModelState.Ready>(await server.Inventory.CheckAsync(CancellationToken.None));
        Assert.Equal(1, simulator.Loads);
    }

    [Fact]
    public async Task Check_ServerIgnoresSchemas_SaysSo()
    {
        await using var simulator = await ModelSimulator.StartAsync();
        simulator.Canary = Replies.Text("Hello there!");
        using var server = Create(simulator);
        Assert.False(Assert.IsType<ModelState.Ready>(await server.Inventory.CheckAsync(CancellationToken.None)).Model.EnforcesSchemas);
    }

    [Fact]
    public async Task Key_Missing_IsAConfigurationFaultAndRightKeyWorks()
    {
        await using var simulator = await ModelSimulator.StartAsync(new SimulatorOptions { ApiKey = "sk-lm-1:2" });
        using var without = Create(simulator);
        var refused = Assert.IsType<ModelState.NotReady>(await without.Inventory.CheckAsync(CancellationToken.None));
        Assert.Equal(ModelFailureKind.Unauthorized, refused.Failure.Kind);
        Assert.Contains("LM_STUDIO_API_KEY", refused.Failure.Remedy);
        using var with = Create(simulator, settings => settings with { ApiKey = ApiKey.From("sk-lm-1:2") });
        Assert.IsType<ModelState.Ready>(await with.Inventory.CheckAsync(CancellationToken.None));
        Assert.DoesNotContain("sk-lm", $"{ApiKey.From("sk-lm-1:2")}{new ModelServerSettings(simulator.Address) { ApiKey = ApiKey.From("sk-lm-1:2") }}");
    }

    [Fact]
    public async Task Off_Never_SendsAnything()
    {
        await using var simulator = await ModelSimulator.StartAsync();
        using var server = Create(simulator, settings => settings with { IsEnabled = false });
        Assert.IsType<ModelState.Off>(await server.Inventory.CheckAsync(CancellationToken.None));
        Assert.IsType<ModelOutcome.Failed>(await AskAsync(server));
        Assert.Empty(simulator.Requests);
    }

    [Fact]
    public void Health_EachState_IsOkOnlyWhenAModelIsReady()
    {
        var settings = Assert.IsType<SettingsOutcome.Valid>(SettingsLoader.Load("/", null, new Dictionary<string, string>())).Settings;
        Assert.Equal(HealthState.Ok, ModelHealth.Of(new ModelState.Ready(new ModelInfo("m", ModelServerKind.LmStudio, 8192, 8192, 4)), settings)?.State);
        Assert.Equal(HealthState.Degraded, ModelHealth.Of(new ModelState.Unknown(), settings)?.State);
        Assert.Null(ModelHealth.Of(new ModelState.Off(), settings));
        foreach (var kind in Enum.GetValues<ModelFailureKind>())
        {
            var health = ModelHealth.Of(new ModelState.NotReady(new ModelFailure(kind, "why")), settings);
            Assert.Equal(HealthState.Degraded, health?.State);
            Assert.Contains("why", health?.Detail);
            Assert.NotNull(health?.Remedy);
        }
    }

    private static Task<ModelOutcome> AskAsync(ModelServer server) =>
        server.Client.AskAsync([new ChatMessage(ChatRole.User, "?")], new ModelRequestOptions("test") { Schema = FailureRow.Schema }, CancellationToken.None);

    private static ModelServer Create(ModelSimulator simulator, Func<ModelServerSettings, ModelServerSettings>? change = null)
    {
        var settings = new ModelServerSettings(simulator.Address) { ProbeInterval = TimeSpan.FromMilliseconds(100), ProbeTimeout = TimeSpan.FromMinutes(1) };
        return ModelServer.Create(change?.Invoke(settings) ?? settings, NullLoggerFactory.Instance, TimeProvider.System);
    }
}
