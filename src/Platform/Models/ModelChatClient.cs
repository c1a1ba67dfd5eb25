using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Platform.Models.Admission;
using Platform.Models.Recording;
using Platform.Models.Wire;

namespace Platform.Models;

/// <summary>
/// A model behind the OpenAI-compatible API of LM Studio, llama.cpp, Ollama and others. Always streams on the wire, so that the first token and every
/// pause have a time limit and hanging up frees the server's slot; what it returns is complete and checked. Failures are
/// <see cref="ModelCallException"/>; <see cref="ModelCalls.AskAsync"/> gives them as values.
/// </summary>
internal sealed class ModelChatClient : IChatClient
{
    private readonly ModelServerSettings _settings;
    private readonly ModelAddress _address;
    private readonly IModelInventory _inventory;
    private readonly ChatExchange _exchange;
    private readonly ModelGate _gate;
    private readonly TokenEstimator _estimator;
    private readonly ExchangeRecorder _recorder;
    private readonly TimeProvider _time;
    private readonly ModelPipeline _pipeline;
    private ServerFeatures _features = new();

    public ModelChatClient(
        ModelServerSettings settings, HttpClient http, IModelInventory inventory, ModelGate gate, TokenEstimator estimator, ExchangeRecorder recorder, TimeProvider time, int maxAttempts = ModelPipeline.MaxAttempts)
    {
        (_settings, _inventory, _gate, _estimator, _recorder, _time) = (settings, inventory, gate, estimator, recorder, time);
        _address = ModelAddress.Of(settings.BaseAddress);
        _exchange = new ChatExchange(http, _address, settings, time);
        _pipeline = new ModelPipeline(settings, gate, CheckReadyAsync, time, maxAttempts);
    }

    /// <summary>Lets calls through again at once.</summary>
    public Task CloseBreakerAsync(CancellationToken cancellationToken) => _pipeline.CloseBreakerAsync(cancellationToken);

    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var answer = await CallAsync([.. messages], ModelRequestOptions.Of(options), cancellationToken);
        return ToResponse(answer);
    }

    /// <summary>The pieces of an answer that is complete and checked: what has been passed on cannot be taken back by a retry.</summary>
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        foreach (var update in (await GetResponseAsync(messages, options, cancellationToken)).ToChatResponseUpdates())
            yield return update;
    }

    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        if (serviceKey is not null)
            return null;
        if (serviceType == typeof(ChatClientMetadata))
            return new ChatClientMetadata("openai-compatible", _address.Root, (_inventory.Current as ModelState.Ready)?.Model.Id ?? _settings.Model);
        return serviceType == typeof(IModelInventory) ? _inventory : serviceType.IsInstanceOfType(this) ? this : null;
    }

    public void Dispose()
    {
        // The HTTP client belongs to the server object.
    }

    /// <summary>One call with all its attempts.</summary>
    /// <exception cref="ModelCallException">It came to nothing.</exception>
    private async Task<ModelAnswer> CallAsync(IReadOnlyList<ChatMessage> messages, ModelRequestOptions request, CancellationToken cancellationToken)
    {
        var started = _time.GetTimestamp();
        using var activity = ModelInstruments.Source.StartActivity("model " + request.Purpose);
        var model = await ReadyModelAsync(request, cancellationToken);
        var raw = TokenEstimator.Raw(messages);
        var call = new ModelCall(model, messages, request, raw, _estimator.For(model.Id, raw), started);
        RefuseTooLarge(call);
        if (request.Budget is { } budget && !budget.TryReserve(call.Tokens))
            throw new ModelCallException(new ModelFailure(ModelFailureKind.OverBudget, $"about {call.Tokens} tokens are needed and {budget.Left} are left of the allowance"));
        long used = 0;
        try
        {
            var answer = await _pipeline.RunAsync(call, AttemptAsync, cancellationToken);
            used = answer.Usage.PromptTokens + answer.Usage.CompletionTokens;
            ModelInstruments.Answered(request, answer);
            return answer;
        }
        catch (ModelCallException error)
        {
            ModelInstruments.Failed(request, error.Failure, _time.GetElapsedTime(started));
            if (error.Failure.Class is ModelFailureClass.Unavailable or ModelFailureClass.NotReady or ModelFailureClass.Transient or ModelFailureClass.Configuration)
                _inventory.Doubt(); // what the server lists and what it can do are two things
            throw;
        }
        finally
        {
            request.Budget?.Settle(call.Tokens, used);
        }
    }

    private async Task<ModelInfo> ReadyModelAsync(ModelRequestOptions request, CancellationToken cancellationToken)
    {
        var state = _inventory.Current is ModelState.Ready ready ? ready : await _inventory.CheckAsync(cancellationToken);
        return state switch
        {
            ModelState.Ready found => request.Model is null ? found.Model : found.Model with { Id = request.Model },
            ModelState.NotReady { Failure: var failure } => throw new ModelCallException(failure),
            _ => throw new ModelCallException(new ModelFailure(ModelFailureKind.NoModel, "models are switched off (lm_studio.mode: off)")),
        };
    }

    private void RefuseTooLarge(ModelCall call)
    {
        var usable = Math.Min(_gate.UsableTokens, (long)(call.Model.ContextTokens * 0.9));
        if (call.Tokens > usable)
            throw new ModelCallException(ModelGate.TooLarge(call.Tokens, usable));
    }

    // Before a retry: the model may be another one now.
    private async ValueTask CheckReadyAsync(ModelCall call, CancellationToken cancellationToken)
    {
        if (await _inventory.CheckAsync(cancellationToken) is ModelState.Ready ready && call.Request.Model is null)
            call.Model = ready.Model;
    }

    private async ValueTask<ModelAnswer> AttemptAsync(ModelCall call, CancellationToken cancellationToken)
    {
        while (true)
        {
            var features = _features;
            try
            {
                return await AttemptAsync(call, features, cancellationToken);
            }
            catch (ModelCallException error) when (features.Without(error.Failure, call.Request.Schema is not null) is { } fewer)
            {
                _features = fewer; // this server does not know that part of the API: never sent to it again
            }
        }
    }

    private async Task<ModelAnswer> AttemptAsync(ModelCall call, ServerFeatures features, CancellationToken cancellationToken)
    {
        var body = ChatRequestWriter.Write(call.Model.Id, call.Messages, call.Request, features);
        var recording = _recorder.Begin(call, body);
        ModelFailure? failure = null;
        try
        {
            var (raw, firstToken) = await _exchange.SendAsync(call, body, recording.Draft, cancellationToken);
            if (raw.PromptTokens is { } counted)
                _estimator.Observe(call.Model.Id, call.RawTokens, counted);
            return AnswerJudge.Judge(raw, call.Request, call.PromptTokens, call.Model.ContextTokens) switch
            {
                JudgedAnswer.Good good => ToAnswer(call, raw, good, firstToken),
                JudgedAnswer.Bad bad => throw new ModelCallException(bad.Failure),
                _ => throw new InvalidOperationException("Unknown judgement."),
            };
        }
        catch (ModelCallException error)
        {
            failure = error.Failure;
            ModelInstruments.FailedAttempt(failure);
            throw;
        }
        finally
        {
            recording.Complete(failure, wasAbandoned: failure is null && cancellationToken.IsCancellationRequested);
        }
    }

    private ModelAnswer ToAnswer(ModelCall call, RawAnswer raw, JudgedAnswer.Good good, TimeSpan firstToken)
    {
        var completion = raw.CompletionTokens ?? (long)Math.Ceiling((raw.Content.Length + raw.Reasoning.Length) / 3.0);
        var usage = new ModelUsage(raw.PromptTokens ?? call.PromptTokens, completion, raw.CachedTokens, raw.PromptTokens is null);
        return new ModelAnswer(good.Text, good.Json, raw.Model ?? call.Model.Id, usage, new ModelTiming(call.Waited, firstToken, _time.GetElapsedTime(call.Started)))
        {
            RequestedModel = call.Model.Id,
            Reasoning = raw.Reasoning,
            FromReasoning = good.FromReasoning,
            FinishReason = good.FinishReason,
            Attempts = call.Attempts,
        };
    }

    private static ChatResponse ToResponse(ModelAnswer answer) => new(new ChatMessage(ChatRole.Assistant, answer.Text))
    {
        ModelId = answer.Model,
        FinishReason = answer.FinishReason,
        RawRepresentation = answer,
        Usage = new UsageDetails
        {
            InputTokenCount = answer.Usage.PromptTokens,
            OutputTokenCount = answer.Usage.CompletionTokens,
            TotalTokenCount = answer.Usage.PromptTokens + answer.Usage.CompletionTokens,
            CachedInputTokenCount = answer.Usage.CachedTokens,
        },
    };
}
