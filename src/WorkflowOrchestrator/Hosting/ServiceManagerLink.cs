namespace Workflow.Hosting;

/// <summary>
/// Tells the service manager how the daemon is: ready after the first scan, a status line, stopping; and a sign for its watchdog, only while every
/// supervised service is alive. So a hung service gets the process restarted although the process itself is there.
/// </summary>
internal sealed class ServiceManagerLink(
    ServiceManager manager,
    HealthReporter health,
    Readiness readiness,
    ServiceSupervisor supervisor,
    CurrentSettings settings,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<ServiceManagerLink> logger) : BackgroundService
{
    // Without a watchdog only the status line has to follow, and a hung service has to be found.
    private static readonly TimeSpan s_idleInterval = TimeSpan.FromSeconds(15);

    private string _status = "";
    private bool _hung;

    // Several signs in the time of one, and often enough to notice a hung service soon after its limit.
    private TimeSpan Interval => manager.WatchdogTimeout is { } timeout && timeout / 3 < s_idleInterval ? timeout / 3 : s_idleInterval;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var stopping = lifetime.ApplicationStopping.Register(manager.Stopping);
        using var timer = new PeriodicTimer(Interval, time);
        var ready = BecomeReadyAsync(stoppingToken);
        try
        {
            do
            {
                Turn(ready.IsCompleted);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            // The host stops.
        }

        await ready;
    }

    private async Task BecomeReadyAsync(CancellationToken stoppingToken)
    {
        await readiness.WhenReady.WaitAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (stoppingToken.IsCancellationRequested)
            return;
        logger.LogInformation(EventIds.Ready, "Ready: the store, the socket and the first scan are done");
        manager.Ready(_status = health.Current().StatusLine());
    }

    private void Turn(bool isReady)
    {
        var hung = supervisor.Hung(settings.HeartbeatTimeout);
        if (hung.Count == 0)
        {
            _hung = false;
            manager.Watchdog();
        }
        else
        {
            OnHung(hung);
        }

        var status = health.Current().StatusLine();
        if (isReady && status != _status)
            manager.Status(_status = status);
    }

    private void OnHung(IReadOnlyList<string> hung)
    {
        if (!_hung)
            logger.LogCritical(EventIds.ServiceHung, "{Services} gave no sign of life for {Timeout}; the watchdog is no longer told that all is well", string.Join(", ", hung), settings.HeartbeatTimeout);
        _hung = true;
        if (settings.Health.ExitWhenHung)
            supervisor.ExitHung(hung);
    }
}
