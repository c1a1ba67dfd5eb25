using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging.Abstractions;
using Platform.Models;
using Platform.Models.Schema;
using Testing.Models;

namespace Workflow.Tests.Models;

/// <summary>The client against a server on a real port.</summary>
public sealed class ModelClientTests
{
    private static readonly ResponseSchema s_schema = ResponseSchema.Parse(
        "verdict", """{"type":"object","properties":{"reason":{"type":"string","maxLength":240},"ok":{"type":"boolean"}},"required":["reason","ok"],"additionalProperties":false}""");

    [Theory]
    [InlineData(SimulatedServer.LmStudio)]
    [InlineData(SimulatedServer.LmStudioOld)]
    [InlineData(SimulatedServer.LlamaCpp)]
    [InlineData(SimulatedServer.Ollama)]
    [InlineData(SimulatedServer.Plain)]
    public async Task AskAsync_EachKindOfServer_AnswersWithCheckedJson(SimulatedServer kind)
    {
        await using var simulator = await ModelSimulator.StartAsync(new SimulatorOptions { Server = kind });
        using var server = Create(simulator);
        var outcome = await server.Client.AskAsync([new(ChatRole.User, "Is it good?")], new ModelRequestOptions("test") { Schema = s_schema }, CancellationToken.None);
        var answer = Assert.IsType<ModelOutcome.Answered>(outcome).Answer;
        Assert.True(answer.Json!.Value.GetProperty("ok").GetBoolean());
        var ready = Assert.IsType<ModelState.Ready>(server.Inventory.Current);
        Assert.True(ready.Model.EnforcesSchemas);
        Assert.Equal(simulator.Options.ModelId, ready.Model.Id);
    }

    internal static ModelServer Create(ModelSimulator simulator, Func<ModelServerSettings, ModelServerSettings>? change = null)
    {
        var settings = new ModelServerSettings(simulator.Address) { ProbeTimeout = TimeSpan.FromMinutes(1) };
        return ModelServer.Create(change?.Invoke(settings) ?? settings, NullLoggerFactory.Instance, TimeProvider.System);
    }
}
