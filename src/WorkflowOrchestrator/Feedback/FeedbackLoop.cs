using Workflow.Feedback.Analyses;
using Workflow.Feedback.Experiments;
using Workflow.Feedback.Explaining;
using Workflow.Feedback.Improvements;
using Workflow.Feedback.Metrics;
using Workflow.Feedback.Tuning;
using Workflow.Hosting;
using Workflow.Hosting.Tunables;
using Workflow.Review;

namespace Workflow.Feedback;

/// <summary>
/// Measures the daemon's own work from its events, every <c>analysis_interval</c> and on request; proposes improvements, tries them, keeps or reverts them. It reads
/// events, not the other services.
/// </summary>
internal sealed class FeedbackLoop(
    FeedbackStore store,
    MetricRecorder metrics,
    ImprovementProposer proposer,
    ExperimentRunner experiments,
    TunableJournal journal,
    ITunables tunables,
    RuleVerdictReader verdicts,
    RecurringQuestionReader questions,
    EnvironmentReader environment,
    InsightExplainer explainer,
    OrchestratorSettings settings,
    ServiceSupervisor supervisor,
    TimeProvider time,
    ILogger<FeedbackLoop> logger)
    : SupervisedService(supervisor)
{
    /// <summary>What an analysis looks back on; what came before the last change of a tunable says nothing about now.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromDays(7);

    // A step of an improvement under way follows the one before it soon; otherwise there is time.
    private static readonly TimeSpan IdleBeat = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan BusyBeat = TimeSpan.FromMilliseconds(500);

    protected override string Name => "feedback_loop";

    /// <summary>Analyses what happened in the last seven days, or since a tunable was changed, and keeps the report when there is something new in it.</summary>
    public async Task<WorkReport> AnalyzeFeedbackAsync(CancellationToken cancellationToken)
    {
        var from = time.GetUtcNow() - Window;
        if (journal.Read() is [.., var last] && last.At > from)
            from = last.At;
        var report = WorkAnalysis.Analyze(store.DigestSince(from), tunables, environment.ModelSlots);
        var known = verdicts.Read();
        report = report with { Insights = [.. report.Insights, .. RulePatterns.Find(known), .. RecurringQuestionReader.Find(questions.Read()), .. ModelHabits.Find(known, tunables)] };
        report = explainer.Apply(report);
        if (report.ToEvent <= store.LatestEvent())
            return report;
        await store.SaveAsync(report, cancellationToken);
        logger.LogInformation(FeedbackEventIds.Analyzed, "Analysed {Events} events up to {ToEvent}: {Insights} insights", report.Events, report.ToEvent, report.Insights.Count);
        return report;
    }

    protected override async Task RunAsync(CancellationToken stoppingToken)
    {
        var last = time.GetTimestamp();
        var idle = TimeSpan.FromTicks(Math.Min(IdleBeat.Ticks, settings.Feedback.AnalysisInterval.Ticks / 5));
        using var beat = new PeriodicTimer(idle, time);
        var explaining = Task.CompletedTask;
        while (await beat.WaitForNextTickAsync(stoppingToken))
        {
            Heartbeat();
            await metrics.UpdateAsync(stoppingToken);
            if (!settings.Feedback.Enabled)
                continue;
            var isBusy = await experiments.AdvanceAsync(stoppingToken);
            if (beat.Period != (isBusy ? BusyBeat : idle))
                beat.Period = isBusy ? BusyBeat : idle;
            if (time.GetElapsedTime(last) < settings.Feedback.AnalysisInterval)
                continue;
            last = time.GetTimestamp();
            var report = await AnalyzeFeedbackAsync(stoppingToken);
            await proposer.ProposeAsync(report, stoppingToken);
            if (explaining.IsCompleted)
                explaining = explainer.ExplainAsync(report, stoppingToken); // not waited for: a model may take minutes, and nothing depends on what it says
        }
    }
}
