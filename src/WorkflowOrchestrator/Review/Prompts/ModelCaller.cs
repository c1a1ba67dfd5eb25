using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.AI;
using Platform.Models;
using Platform.Models.Schema;
using Workflow.Hosting;

namespace Workflow.Review.Prompts;

/// <summary>
/// Asks the model. First the store is asked; an answer that is none is sent back once, with what is wrong with it behind the unchanged prompt; what is
/// still none counts as such. Nothing that a model says is executed, and it has no tools.
/// </summary>
internal sealed class ModelCaller(IModelSource models, AnswerCache cache, ILogger<ModelCaller> logger)
{
    private static readonly Counter<long> Answers =
        Instruments.Meter.CreateCounter<long>("workflow_orchestrator_model_answers_total", description: "Answers of models by prompt and outcome: valid, repaired, stored, unusable, unavailable.");

    // Calls on their way, by what identifies their answer: the same is not asked twice at the same time either.
    private readonly ConcurrentDictionary<string, Task> _inFlight = new(StringComparer.Ordinal);

    /// <summary>Whether a model is ready now.</summary>
    public bool IsReady => models.Current is not null;

    /// <summary>Waits for a model that was lost; false when none came.</summary>
    public async Task<bool> WaitAsync(CancellationToken cancellationToken) => await models.WaitAsync(cancellationToken) is not null;

    /// <summary>Asks one thing.</summary>
    /// <param name="call">What is asked.</param>
    /// <param name="read">Reads an answer; throws <see cref="AnswerException"/> when it is none.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<ModelReply<T>> AskAsync<T>(ModelCall call, Func<string, T> read, CancellationToken cancellationToken)
    {
        var model = models.Current;
        if (Stored(call, call.CachedOnly ? null : model?.Id, read) is { } known)
            return known;
        if (call.CachedOnly || model is null)
            return new ModelReply<T>.Unavailable("no model is ready");
        var (key, mine) = (AnswerCache.KeyOf(call, model.Id), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        while (_inFlight.GetOrAdd(key, mine.Task) is var other && other != mine.Task)
            await other.WaitAsync(cancellationToken);
        try
        {
            // Somebody may have asked the same since the look above: two changes often have a section in common.
            return Stored(call, model.Id, read) ?? await SendAsync(call, model, read, cancellationToken);
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested) // a client may fail in any way; the caller goes on without the model
        {
            logger.LogWarning(ReviewEventIds.ModelUnavailable, "The model {Model} did not answer {Prompt}: {Error}", model.Id, call.Prompt.Name, error.Message);
            return Counted(call, "unavailable", new ModelReply<T>.Unavailable(error.Message));
        }
        finally
        {
            _inFlight.TryRemove(key, out _);
            mine.SetResult();
        }
    }

    private ModelReply<T>? Stored<T>(ModelCall call, string? model, Func<string, T> read) =>
        cache.Find(call, model) is { } stored && TryRead(stored.Text, read) is ReadAnswer<T>.Valid known
            ? Counted(call, "stored", new ModelReply<T>.Answered(known.Value, stored.Model, FromStore: true))
            : null;

    private async Task<ModelReply<T>> SendAsync<T>(ModelCall call, ReadyModel model, Func<string, T> read, CancellationToken cancellationToken)
    {
        List<ChatMessage> messages = [new(ChatRole.System, call.Prompt.Text), new(ChatRole.User, call.Text)];
        var request = Request(call);
        var why = "";
        for (var attempt = 0; attempt < 2; attempt++)
        {
            // The client mends once what is no JSON, not of the schema, or cut off; what only the reader sees is mended here.
            var outcome = await model.Client.AskAsync(messages, request, cancellationToken);
            if (outcome is not ModelOutcome.Answered { Answer: var said })
                return Failed<T>(call, model, ((ModelOutcome.Failed)outcome).Failure);
            var answer = said.FinishReason == ChatFinishReason.Length ? new ReadAnswer<T>.Invalid("It was cut off. Be shorter.") : TryRead(said.Text, read);
            if (answer is ReadAnswer<T>.Valid valid)
            {
                await cache.SaveAsync(call, model.Id, said.Text, CancellationToken.None); // it is paid for: also when who asked has gone
                return Counted(call, attempt == 0 && !said.Repaired ? "valid" : "repaired", new ModelReply<T>.Answered(valid.Value, model.Id, FromStore: false) { Timing = said.Timing });
            }

            why = ((ReadAnswer<T>.Invalid)answer).Why;
            if (said.Repaired)
                break;
            messages.Add(new(ChatRole.User, $"Your last answer could not be used: {why} Give the whole answer again, in the form that is asked for and nothing else."));
            request = request with { Temperature = 0 };
        }

        return Unusable<T>(call, model, why);
    }

    // What concerns this text alone does not mean that the model is gone.
    private ModelReply<T> Failed<T>(ModelCall call, ReadyModel model, ModelFailure failure)
    {
        if (failure.Class is ModelFailureClass.Answer or ModelFailureClass.Request or ModelFailureClass.Bug)
            return Unusable<T>(call, model, failure.Message);
        logger.LogWarning(ReviewEventIds.ModelUnavailable, "The model {Model} did not answer {Prompt}: {Failure}", model.Id, call.Prompt.Name, failure);
        return Counted(call, "unavailable", new ModelReply<T>.Unavailable(failure.Message));
    }

    private ModelReply<T> Unusable<T>(ModelCall call, ReadyModel model, string why)
    {
        logger.LogWarning(ReviewEventIds.AnswerUnusable, "An answer of {Model} to {Prompt} cannot be used: {Why}", model.Id, call.Prompt.Name, why);
        return Counted(call, "unusable", new ModelReply<T>.Unusable(why));
    }

    private static ModelRequestOptions Request(ModelCall call) => new(call.Prompt.Name)
    {
        Temperature = call.Temperature,
        MaxOutputTokens = call.MaxOutputTokens,
        Seed = call.Sample,
        PrefixKey = call.PrefixKey,
        Run = call.Run,
        Lane = call.IsBackground ? ModelLane.Background : ModelLane.Review,
        Schema = call.Schema is null ? null : ResponseSchema.Parse(call.Prompt.Name.Replace('-', '_'), call.Schema),
    };

    private static ReadAnswer<T> TryRead<T>(string text, Func<string, T> read)
    {
        try
        {
            return new ReadAnswer<T>.Valid(read(text));
        }
        catch (AnswerException error)
        {
            return new ReadAnswer<T>.Invalid(error.Message);
        }
    }

    private static ModelReply<T> Counted<T>(ModelCall call, string outcome, ModelReply<T> reply)
    {
        Answers.Add(1, new("prompt", call.Prompt.Name), new("outcome", outcome));
        return reply;
    }
}
