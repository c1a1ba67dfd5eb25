using System.Threading.Channels;
using Workflow.Hosting;

namespace Workflow.Feedback;

/// <summary>
/// Measures the daemon's own work from its events, every <c>analysis_interval</c> and on request. It reads events, not the other services.
/// </summary>
internal sealed class FeedbackLoop(FeedbackStore store, OrchestratorSettings settings, ServiceSupervisor supervisor, TimeProvider time, ILogger<FeedbackLoop> logger)
    : SupervisedService(supervisor)
{
    private static readonly TimeSpan HeartbeatInterval = TimeSpan.FromSeconds(5);

    // Capacity 1, drop: requests that wait for the same analysis are one request.
    private readonly Channel<bool> _requests = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    protected override string Name => "feedback_loop";

    /// <summary>Analyses what happened since the last time and keeps the report.</summary>
    public async Task<WorkReport> AnalyzeFeedbackAsync(CancellationToken cancellationToken)
    {
        var report = WorkAnalysis.Analyze(store.NewEvents());
        if (report.Events == 0)
            return store.Latest() ?? report;
        await store.SaveAsync(report, cancellationToken);
        logger.LogInformation(FeedbackEventIds.Analyzed, "Analysed {Events} events up to {ToEvent}", report.Events, report.ToEvent);
        return report;
    }

    /// <summary>Asks for an analysis soon.</summary>
    public void Request() => _requests.Writer.TryWrite(true);

    protected override async Task RunAsync(CancellationToken stoppingToken)
    {
        var last = time.GetTimestamp();
        using var beat = new PeriodicTimer(HeartbeatInterval, time);
        while (await beat.WaitForNextTickAsync(stoppingToken))
        {
            Heartbeat();
            if (!_requests.Reader.TryRead(out _) && time.GetElapsedTime(last) < settings.Feedback.AnalysisInterval)
                continue;
            last = time.GetTimestamp();
            await AnalyzeFeedbackAsync(stoppingToken);
        }
    }
}
