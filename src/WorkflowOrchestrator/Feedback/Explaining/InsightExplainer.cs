using System.Diagnostics.Metrics;
using Workflow.Feedback.Analyses;
using Workflow.Feedback.Improvements;
using Workflow.Hosting;
using Workflow.Review.Prompts;

namespace Workflow.Feedback.Explaining;

/// <summary>
/// Lets a model put the insights in order and say why they matter. It decides nothing: what is proposed follows from the numbers alone, and a sentence with a figure
/// that is not in the evidence is dropped and counted.
/// </summary>
internal sealed class InsightExplainer(ModelCaller caller, PromptLibrary prompts, TextFence fence, ILogger<InsightExplainer> logger)
{
    private const int MaxOutputTokens = 1024;

    private static readonly Counter<long> Dropped =
        Instruments.Meter.CreateCounter<long>("workflow_orchestrator_feedback_claims_dropped_total", description: "Explanations of models that were dropped because they name figures that are not in the evidence.");

    private volatile IReadOnlyList<Said> _last = [];
    private volatile int _droppedLast;

    /// <summary>The report with what a model said last of the same insights, as far as it is true of the numbers of now; its order first.</summary>
    public WorkReport Apply(WorkReport report)
    {
        var last = _last;
        var rank = last.Select((explanation, at) => (explanation, at)).ToDictionary(pair => pair.explanation.Key, StringComparer.Ordinal);
        var explained = report.Insights.Select(insight => rank.TryGetValue(Key(insight), out var known) && ClaimCheck.Holds(known.explanation.Text, insight)
            ? (Insight: insight with { Explanation = known.explanation.Text }, Rank: known.at)
            : (Insight: insight, Rank: int.MaxValue)).ToArray();
        return report with { Insights = [.. explained.OrderBy(pair => pair.Rank).Select(pair => pair.Insight)], ExplainedBy = explained.Any(pair => pair.Rank < int.MaxValue) ? last[0].Model : null, ClaimsDropped = _droppedLast };
    }

    /// <summary>Asks the model about the insights of a report; without a model nothing happens.</summary>
    public async Task ExplainAsync(WorkReport report, CancellationToken cancellationToken)
    {
        var insights = report.Insights.Take(InsightReply.MaxInsights).ToArray();
        if (insights.Length == 0 || !caller.IsReady)
            return;
        var text = InsightReply.Write(insights);
        var call = new ModelCall(prompts.Get(PromptLibrary.ExplainInsights), text, $"Insights\n{fence.Around("insights", text)}\nAnswer")
        {
            Schema = InsightReply.Schema,
            MaxOutputTokens = MaxOutputTokens,
            IsBackground = true,
            Run = "feedback",
        };
        if (await caller.AskAsync(call, answer => InsightReply.Read(answer, insights.Length), cancellationToken) is not ModelReply<IReadOnlyList<ExplainedInsight>>.Answered { Value: var said, Model: var model })
            return;
        var kept = said.Where(item => item.Explanation.Length > 0 && ClaimCheck.Holds(item.Explanation, insights[item.Number - 1])).ToArray();
        _droppedLast = said.Count - kept.Length;
        _last = [.. kept.Select(item => new Said(Key(insights[item.Number - 1]), item.Explanation, model))];
        if (_droppedLast == 0)
            return;
        Dropped.Add(_droppedLast);
        logger.LogInformation(FeedbackEventIds.ClaimsDropped, "{Count} of {All} explanations of {Model} name figures that are not in the evidence; they are dropped", _droppedLast, said.Count, model);
    }

    private static string Key(Insight insight) => $"{insight.Analysis} {insight.Kind} {insight.Subject}";

    private sealed record Said(string Key, string Text, string Model);
}
