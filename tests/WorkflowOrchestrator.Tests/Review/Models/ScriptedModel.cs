using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Workflow.Review.Prompts;

namespace Workflow.Tests.Review.Models;

/// <summary>What a scripted model was asked.</summary>
/// <param name="Prompt">Name of the prompt.</param>
/// <param name="Messages">All messages.</param>
internal sealed record ScriptedRequest(string Prompt, IReadOnlyList<ChatMessage> Messages, ChatOptions Options)
{
    public string System => Messages[0].Text;

    public string User => Messages[1].Text;

    public bool IsRepair => Messages.Count > 2;
}

/// <summary>A model that says what the test tells it to say, and remembers what it was asked.</summary>
internal sealed class ScriptedModel(Func<ScriptedRequest, ChatResponse> script) : IChatClient, IModelSource
{
    private static readonly PromptLibrary Prompts = new(ModelRoom.Settings());

    private readonly ConcurrentQueue<ScriptedRequest> _requests = new();

    public ScriptedModel(Func<ScriptedRequest, string> script) : this(request => Say(script(request)))
    {
    }

    public IReadOnlyList<ScriptedRequest> Requests => [.. _requests];

    public bool IsReady { get; set; } = true;

    /// <summary>What becomes of a wait for the model.</summary>
    public Func<bool> Returns { get; set; } = () => false;

    public ReadyModel? Current => IsReady ? new ReadyModel("scripted-7b", this) : null;

    public Task<ReadyModel?> WaitAsync(CancellationToken cancellationToken)
    {
        IsReady = Returns();
        return Task.FromResult(Current);
    }

    public static ChatResponse Say(string text, bool isCut = false) =>
        new(new ChatMessage(ChatRole.Assistant, text)) { FinishReason = isCut ? ChatFinishReason.Length : ChatFinishReason.Stop, ModelId = "scripted-7b" };

    public int Count(string prompt) => Requests.Count(request => request.Prompt == prompt);

    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var list = messages.ToArray();
        var request = new ScriptedRequest(PromptLibrary.Names.First(name => Prompts.Get(name).Text == list[0].Text), list, options!.Clone());
        _requests.Enqueue(request);
        return Task.FromResult(script(request));
    }

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        foreach (var update in (await GetResponseAsync(messages, options, cancellationToken)).ToChatResponseUpdates())
            yield return update;
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
    }
}
