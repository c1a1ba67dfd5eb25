using Platform.Models.Admission;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;

namespace Platform.Models.Wire;

/// <summary>
/// What stands around an attempt, from outside to inside: total time, admission, retries, circuit breaker. The limits of the attempt itself (first
/// token, pause) and HTTP lie inside. The order matters: waiting for admission counts into the total time but into no attempt's, a retry keeps its
/// place, and a broken circuit is seen by every retry.
/// </summary>
internal sealed class ModelPipeline
{
    /// <summary>Attempts of a call at most.</summary>
    public const int MaxAttempts = 3;

    private const double FailureRatio = 0.8;
    private const int MinimumThroughput = 4;

    private static readonly ResiliencePropertyKey<ModelCall> s_call = new("workflow.call");
    private static readonly TimeSpan s_sampling = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_break = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan s_firstPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(20);

    private readonly CircuitBreakerManualControl _breaker = new();
    private readonly ResiliencePipeline _pipeline;

    /// <summary>Builds the pipeline.</summary>
    /// <param name="settings">Total time and grace.</param>
    /// <param name="gate">Admission.</param>
    /// <param name="readyCheck">Looks at the server before a retry.</param>
    /// <param name="time">Clock.</param>
    /// <param name="maxAttempts">1: no retries.</param>
    public ModelPipeline(ModelServerSettings settings, ModelGate gate, Func<ModelCall, CancellationToken, ValueTask> readyCheck, TimeProvider time, int maxAttempts)
    {
        var builder = new ResiliencePipelineBuilder { TimeProvider = time, Name = "model" };
        builder.AddTimeout(new TimeoutStrategyOptions
        {
            Name = "total",
            TimeoutGenerator = arguments => ValueTask.FromResult(CallOf(arguments.Context).Request.Timeout ?? settings.TotalTimeout),
        });
        builder.AddStrategy(_ => new AdmissionStrategy(gate, settings, time), new AdmissionOptions());
        builder.AddRetry(new RetryStrategyOptions
        {
            Name = "retry",
            MaxRetryAttempts = MaxAttempts - 1,
            UseJitter = true,
            ShouldHandle = arguments => ValueTask.FromResult(arguments.Outcome.Exception is ModelCallException error && arguments.AttemptNumber < Math.Min(error.Failure.Policy.Retries, maxAttempts - 1)),
            DelayGenerator = arguments => ValueTask.FromResult<TimeSpan?>(PauseBefore(arguments.AttemptNumber, arguments.Outcome.Exception)),
            OnRetry = arguments => arguments.Outcome.Exception is ModelCallException { Failure.Policy.ReadyCheck: true }
                ? readyCheck(CallOf(arguments.Context), arguments.Context.CancellationToken)
                : default,
        });
        builder.AddCircuitBreaker(new CircuitBreakerStrategyOptions
        {
            Name = "breaker",
            FailureRatio = FailureRatio,
            MinimumThroughput = MinimumThroughput,
            SamplingDuration = s_sampling,
            BreakDuration = s_break,
            ManualControl = _breaker,
            ShouldHandle = arguments => ValueTask.FromResult(arguments.Outcome.Exception is ModelCallException { Failure.Policy.TripsBreaker: true }),
        });
        _pipeline = builder.Build();
    }

    /// <summary>The server has been seen working: no need to wait for the breaker's own time.</summary>
    public Task CloseBreakerAsync(CancellationToken cancellationToken) => _breaker.CloseAsync(cancellationToken);

    /// <summary>Runs a call.</summary>
    /// <exception cref="ModelCallException">It came to nothing.</exception>
    public async Task<T> RunAsync<T>(ModelCall call, Func<ModelCall, CancellationToken, ValueTask<T>> attempt, CancellationToken cancellationToken)
    {
        var context = ResilienceContextPool.Shared.Get(cancellationToken);
        context.Properties.Set(s_call, call);
        try
        {
            return await _pipeline.ExecuteAsync(
                static async (context, state) =>
                {
                    state.call.Attempts++;
                    return await state.attempt(state.call, context.CancellationToken);
                },
                context,
                (call, attempt));
        }
        catch (TimeoutRejectedException error)
        {
            throw new ModelCallException(new ModelFailure(ModelFailureKind.TotalTimeout, $"the call took longer than {error.Timeout.TotalSeconds:0.#} s"), error);
        }
        catch (BrokenCircuitException error)
        {
            throw new ModelCallException(new ModelFailure(ModelFailureKind.CircuitOpen, "the server failed several times in a row; it is tried again when it has been seen working"), error);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private static ModelCall CallOf(ResilienceContext context) =>
        context.Properties.TryGetValue(s_call, out var call) ? call : throw new InvalidOperationException("A call without its properties.");

    private static TimeSpan PauseBefore(int attempt, Exception? error)
    {
        if (error is ModelCallException { Failure.RetryAfter: { } asked })
            return asked < s_longestPause ? asked : s_longestPause;
        return Sockets.Backoff.PauseAfter(attempt + 1, s_firstPause, s_longestPause, Random.Shared.NextDouble());
    }

    private sealed class AdmissionOptions : ResilienceStrategyOptions
    {
        public AdmissionOptions() => Name = "admission";
    }

    private sealed class AdmissionStrategy(ModelGate gate, ModelServerSettings settings, TimeProvider time) : ResilienceStrategy
    {
        protected override async ValueTask<Outcome<TResult>> ExecuteCore<TResult, TState>(
            Func<ResilienceContext, TState, ValueTask<Outcome<TResult>>> callback, ResilienceContext context, TState state)
        {
            var call = CallOf(context);
            var arrived = time.GetTimestamp();
            try
            {
                call.Admission = await gate.EnterAsync(call.Request.Lane, call.Tokens, call.Request.PrefixKey, context.CancellationToken);
            }
            catch (Exception error) when (error is OperationCanceledException or ModelCallException)
            {
                return Outcome.FromException<TResult>(error);
            }

            call.Waited = time.GetElapsedTime(arrived);
            try
            {
                return await callback(context, state);
            }
            finally
            {
                call.Admission.Release(call.IsBeingRead ? settings.AbandonedGrace : TimeSpan.Zero);
            }
        }
    }
}
