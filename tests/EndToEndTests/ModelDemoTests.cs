using EndToEndTests.Harness;
using Testing.Models;

namespace EndToEndTests;

/// <summary>The demo with a model server: the same story, and it ends well.</summary>
[Trait("Category", "EndToEnd")]
[Collection("scripts")] // they build when needed: not two at a time
public sealed class ModelDemoTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task StartAll_DemoOnceWithTheSimulator_EndsWell()
    {
        await using var simulator = await ModelSimulator.StartAsync();
        await RunAsync(simulator.Address);
    }

    [EngineFact]
    public async Task StartAll_DemoOnceWithTheRealEngine_EndsWell()
    {
        await using var engine = await RealEngine.StartAsync(slots: 2, contextTokens: 8192);
        await RunAsync(engine.Address);
    }

    private static async Task RunAsync(Uri address)
    {
        await using var served = ServedRepository.Create();
        served.Environment["LM_STUDIO_BASE_URL"] = address.ToString();
        served.Environment["WO__LM_STUDIO__CONTEXT_TOKENS"] = "8192";
        var result = await served.RunAsync(Programs.Script("start-all.sh"), s_limit, "--demo", "--once", "--require-lm-studio");
        Assert.True(result.ExitCode == 0, $"exit code {result.ExitCode}\n{result.Output}\n{result.Error}");
        Assert.Contains("2 LM Studio          ready", result.Output);
        Assert.Contains("add-search-filters: done", result.Output);
        Assert.All(["librarian", "inbox", "history"], agent => Assert.Contains($"({agent}, confidence ", result.Output)); // the architect may honestly not know
        Assert.Empty(await ProcessTable.MentioningAsync(served.Folder));
    }
}
