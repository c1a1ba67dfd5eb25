using EndToEndTests.Harness;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging.Abstractions;
using Platform.Models;
using Platform.Models.Schema;
using Testing.Models;

namespace EndToEndTests;

/// <summary>The client against llama.cpp itself: a tiny random model, whose text means nothing and whose behaviour is real.</summary>
[Trait("Category", "EndToEnd")]
public sealed class RealEngineTests
{
    private static readonly ResponseSchema s_schema = ResponseSchema.Parse(
        "verdict", """{"type":"object","properties":{"reason":{"type":"string","maxLength":40},"verdict":{"type":"string","enum":["met","missed","unclear"]},"ok":{"type":"boolean"}},"required":["reason","verdict","ok"],"additionalProperties":false}""");

    [EngineFact]
    public async Task AskAsync_Schema_IsEnforcedAndFound()
    {
        await using var engine = await RealEngine.StartAsync(slots: 2);
        using var server = Create(engine);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 6).Select(seed => server.Client.AskAsync(
            [new(ChatRole.System, "You judge."), new(ChatRole.User, "Is it met?")],
            new ModelRequestOptions("test") { Schema = s_schema, MaxOutputTokens = 256, Temperature = 0.8f, Seed = seed + 1 },
            CancellationToken.None)));
        Assert.All(outcomes, outcome => Assert.Contains(Assert.IsType<ModelOutcome.Answered>(outcome).Answer.Json!.Value.GetProperty("verdict").GetString(), new[] { "met", "missed", "unclear" }));
        var ready = Assert.IsType<ModelState.Ready>(server.Inventory.Current);
        Assert.Equal(("tiny-random", true, 2, 8192), (ready.Model.Id, ready.Model.EnforcesSchemas, ready.Model.Slots, ready.Model.ContextTokens));
    }

    [EngineFact]
    public async Task AskAsync_CutAndOverflow_AreToldApart()
    {
        await using var engine = await RealEngine.StartAsync(contextTokens: 1024);
        using var server = Create(engine);
        var cut = await server.Client.AskAsync([new(ChatRole.User, "Tell me a story.")], new ModelRequestOptions("test") { MaxOutputTokens = 8, Seed = 1 }, CancellationToken.None);
        if (cut is ModelOutcome.Failed failed) // a random model may also end by itself
            Assert.Equal(ModelFailureKind.Truncated, failed.Failure.Kind);
        // Short words are more tokens than bytes suggest, so this passes our estimate and is refused by the engine.
        var dense = string.Concat(Enumerable.Range(0, 1100).Select(number => $"{(char)(0x4E00 + number)}"));
        var overflow = Assert.IsType<ModelOutcome.Failed>(await server.Client.AskAsync([new(ChatRole.User, dense)], new ModelRequestOptions("test") { MaxOutputTokens = 8 }, CancellationToken.None));
        Assert.Equal(ModelFailureKind.PromptTooLong, overflow.Failure.Kind);
    }

    [EngineFact]
    public async Task Cancel_WhileItAnswers_FreesTheSlot()
    {
        await using var engine = await RealEngine.StartAsync(slots: 1);
        using var server = Create(engine);
        using var hangUp = new CancellationTokenSource();
        var first = server.Client.AskAsync([new(ChatRole.User, "Tell me a long story.")], new ModelRequestOptions("test") { MaxOutputTokens = 4000, Seed = 1 }, hangUp.Token);
        await Task.WhenAny(first, Task.Delay(TimeSpan.FromMilliseconds(500), CancellationToken.None));
        await hangUp.CancelAsync();
        try
        {
            await first;
        }
        catch (OperationCanceledException)
        {
            // Usually it is still writing; a random model may also have ended by itself.
        }

        Assert.IsType<ModelOutcome.Answered>(await server.Client.AskAsync([new(ChatRole.User, "Is it met?")], new ModelRequestOptions("test") { Schema = s_schema, MaxOutputTokens = 256 }, CancellationToken.None));
    }

    [EngineFact]
    public async Task AskAsync_SameBeginning_IsServedByThePromptCache()
    {
        await using var engine = await RealEngine.StartAsync(slots: 1);
        using var server = Create(engine);
        var beginning = string.Concat(Enumerable.Range(0, 60).Select(number => $"{number}: The service SHALL keep every order until it is confirmed.\n"));
        var shares = new List<double>();
        for (var item = 0; item < 4; item++)
        {
            var outcome = await server.Client.AskAsync(
                [new(ChatRole.System, "Judge one requirement."), new(ChatRole.User, beginning + $"Requirement {item}")], new ModelRequestOptions("test") { Schema = s_schema, MaxOutputTokens = 128, PrefixKey = "doc" }, CancellationToken.None);
            var usage = Assert.IsType<ModelOutcome.Answered>(outcome).Answer.Usage;
            shares.Add((double)usage.CachedTokens!.Value / usage.PromptTokens);
        }

        Assert.All(shares.Skip(1), share => Assert.InRange(share, 0.8, 1));
    }

    private static ModelServer Create(RealEngine engine) => ModelServer.Create(new ModelServerSettings(engine.Address), NullLoggerFactory.Instance, TimeProvider.System);
}
