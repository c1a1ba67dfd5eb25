using System.Diagnostics;
using System.Diagnostics.Metrics;
using Platform.Models.Admission;

namespace Platform.Models;

/// <summary>What calls of models cost and how they end.</summary>
public static class ModelInstruments
{
    /// <summary>Name of the meter and of the activity source.</summary>
    public const string Name = "WorkflowOrchestrator.Models";

    internal static readonly ActivitySource Source = new(Name);

    private static readonly Meter s_meter = new(Name);
    private static readonly Histogram<double> s_duration = s_meter.CreateHistogram<double>("workflow_orchestrator_model_call_duration_seconds", "s", "Calls of the model with waiting and all attempts, by purpose and outcome.");
    private static readonly Histogram<double> s_waited = s_meter.CreateHistogram<double>("workflow_orchestrator_model_call_wait_seconds", "s", "Time that calls waited for a slot, by lane.");
    private static readonly Histogram<double> s_firstToken = s_meter.CreateHistogram<double>("workflow_orchestrator_model_first_token_seconds", "s", "Time from sending to the first token, by purpose.");
    private static readonly Counter<long> s_tokens = s_meter.CreateCounter<long>("workflow_orchestrator_model_tokens_total", "{token}", "Tokens by kind: prompt, completion, cached.");
    private static readonly Counter<long> s_retries = s_meter.CreateCounter<long>("workflow_orchestrator_model_failed_attempts_total", "{attempt}", "Attempts that came to nothing, by kind of failure.");
    private static readonly Counter<long> s_others = s_meter.CreateCounter<long>("workflow_orchestrator_model_answered_by_other_total", "{call}", "Answers of another model than the one asked.");

    internal static void Watch(ModelGate gate)
    {
        s_meter.CreateObservableGauge("workflow_orchestrator_model_calls_in_flight", () => gate.Load.Busy, "{call}", "Calls that the server works on.");
        s_meter.CreateObservableGauge("workflow_orchestrator_model_calls_waiting", () => gate.Load.Waiting, "{call}", "Calls that wait for a slot.");
    }

    internal static void FailedAttempt(ModelFailure failure) => s_retries.Add(1, new KeyValuePair<string, object?>("kind", failure.Kind.ToString()));

    internal static void Answered(ModelRequestOptions request, ModelAnswer answer)
    {
        var purpose = new KeyValuePair<string, object?>("purpose", request.Purpose);
        s_duration.Record(answer.Timing.Total.TotalSeconds, purpose, new("outcome", "answered"));
        s_waited.Record(answer.Timing.Waited.TotalSeconds, new KeyValuePair<string, object?>("lane", request.Lane.ToString()));
        s_firstToken.Record(answer.Timing.FirstToken.TotalSeconds, purpose);
        s_tokens.Add(answer.Usage.PromptTokens, new KeyValuePair<string, object?>("kind", "prompt"));
        s_tokens.Add(answer.Usage.CompletionTokens, new KeyValuePair<string, object?>("kind", "completion"));
        s_tokens.Add(answer.Usage.CachedTokens ?? 0, new KeyValuePair<string, object?>("kind", "cached"));
        if (!string.Equals(answer.Model, answer.RequestedModel, StringComparison.OrdinalIgnoreCase))
            s_others.Add(1);
    }

    internal static void Failed(ModelRequestOptions request, ModelFailure failure, TimeSpan duration) =>
        s_duration.Record(duration.TotalSeconds, new("purpose", request.Purpose), new("outcome", failure.Kind.ToString()));
}
