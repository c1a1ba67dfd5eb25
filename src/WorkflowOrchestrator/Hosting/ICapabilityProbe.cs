namespace Workflow.Hosting;

/// <summary>
/// A look at what the daemon depends on, made in the background: by doing a small piece of the real work, not by asking whether a port is open.
/// What it finds goes onto the health board.
/// </summary>
internal interface ICapabilityProbe
{
    /// <summary>Name in logs.</summary>
    string Name { get; }

    /// <summary>Looks once.</summary>
    /// <exception cref="IOException">It could not look; other exceptions are taken in the same way.</exception>
    Task ProbeAsync(CancellationToken cancellationToken);
}

/// <summary>Runs the probes, one after the other, for ever. A probe that fails or takes too long says nothing about the others.</summary>
internal sealed class CapabilityProbes(IEnumerable<ICapabilityProbe> probes, HealthBoard health, CurrentSettings settings, ServiceSupervisor supervisor, TimeProvider time, ILogger<CapabilityProbes> logger)
    : SupervisedService(supervisor)
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(10);

    // The heartbeat has to come more often than its least timeout, 15 seconds.
    private static readonly TimeSpan s_beat = TimeSpan.FromSeconds(5);

    private readonly HashSet<string> _failing = new(StringComparer.Ordinal);

    protected override string Name => "capability_probes";

    protected override async Task RunAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            foreach (var probe in probes)
            {
                Heartbeat();
                await ProbeAsync(probe, stoppingToken);
            }

            var started = time.GetTimestamp();
            while (settings.Health.ProbeInterval - time.GetElapsedTime(started) is var left && left > TimeSpan.Zero)
            {
                Heartbeat();
                await Task.Delay(left < s_beat ? left : s_beat, time, stoppingToken);
            }
        }
    }

    private async Task ProbeAsync(ICapabilityProbe probe, CancellationToken stoppingToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        limit.CancelAfter(s_limit);
        try
        {
            await probe.ProbeAsync(limit.Token);
            if (_failing.Remove(probe.Name) && _failing.Count == 0)
                health.Clear(Warnables.ProbeFailing);
        }
        catch (Exception error) when (!stoppingToken.IsCancellationRequested) // a probe is advice: whatever it meets, the work goes on
        {
            if (_failing.Add(probe.Name))
                logger.LogWarning(EventIds.ProbeFailed, error, "The probe of {Probe} failed", probe.Name);
            health.Raise(Warnables.ProbeFailing, string.Join(", ", _failing.Order(StringComparer.Ordinal)));
        }
    }
}
