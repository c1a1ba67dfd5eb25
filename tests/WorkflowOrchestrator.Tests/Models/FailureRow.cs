using Microsoft.Extensions.AI;
using Platform.Models;
using Platform.Models.Schema;
using Testing.Models;

namespace Workflow.Tests.Models;

/// <summary>One thing that a model server does, and what has to come of it.</summary>
/// <param name="Source">Row of the reference: where it was reported or measured.</param>
/// <param name="What">In words.</param>
/// <param name="Expected">Null: an answer.</param>
/// <param name="Requests">Requests that the server must have seen.</param>
/// <param name="Arrange">Scripts the server.</param>
internal sealed record FailureRow(string Source, string What, ModelFailureKind? Expected, int Requests, Action<ModelSimulator> Arrange)
{
    public static readonly ResponseSchema Schema = ResponseSchema.Parse(
        "verdict", """{"type":"object","properties":{"reason":{"type":"string","maxLength":240},"ok":{"type":"boolean"}},"required":["reason","ok"],"additionalProperties":false}""");

    public const string Good = """{"reason":"because","ok":true}""";

    public SimulatorOptions Server { get; init; } = new();

    /// <summary>The request; with a schema unless told otherwise.</summary>
    public ModelRequestOptions Request { get; init; } = new("test") { Schema = Schema, MaxOutputTokens = 64 };

    public string Prompt { get; init; } = "Is it good?";

    public ChatRole Role { get; init; } = ChatRole.User;

    public Func<ModelServerSettings, ModelServerSettings> Settings { get; init; } = settings => settings;

    /// <summary>What else has to be true.</summary>
    public Action<ModelOutcome, ModelSimulator>? Check { get; init; }

    /// <summary>Instead of one question.</summary>
    public Func<ModelServer, ModelSimulator, Task<ModelOutcome>>? Act { get; init; }

    public Task<ModelOutcome> AskAsync(ModelServer server, CancellationToken cancellationToken = default) =>
        server.Client.AskAsync([new ChatMessage(Role, Prompt)], Request, cancellationToken);

    public override string ToString() => $"{Source}: {What}";
}
