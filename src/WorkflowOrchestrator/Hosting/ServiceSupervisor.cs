using System.Collections.Concurrent;

namespace Workflow.Hosting;

/// <summary>Knows which services are alive, and ends the process when one has failed.</summary>
internal sealed class ServiceSupervisor(IHostApplicationLifetime lifetime, TimeProvider time, ILogger<ServiceSupervisor> logger)
{
    /// <summary>Exit code after the failure of a service.</summary>
    public const int FailureExitCode = 70; // EX_SOFTWARE of sysexits.h

    private readonly ConcurrentDictionary<string, long> _beats = new(StringComparer.Ordinal);
    private int _exitCode;

    /// <summary>The failed service and why; null while all is well.</summary>
    public string? Failure { get; private set; }

    /// <summary>0, or <see cref="FailureExitCode"/> after a failure.</summary>
    public int ExitCode => Volatile.Read(ref _exitCode);

    /// <summary>Time since each service's last heartbeat.</summary>
    public IReadOnlyDictionary<string, TimeSpan> HeartbeatAges =>
        _beats.ToDictionary(beat => beat.Key, beat => time.GetElapsedTime(beat.Value), StringComparer.Ordinal);

    /// <summary>The services without a heartbeat for longer than <paramref name="timeout"/>, by name.</summary>
    public IReadOnlyList<string> Hung(TimeSpan timeout) =>
        [.. _beats.Where(beat => time.GetElapsedTime(beat.Value) > timeout).Select(beat => beat.Key).Order(StringComparer.Ordinal)];

    /// <summary>
    /// Completes when every service has started, so when the socket and the port are ours: until then no service may begin its work, because a start
    /// that is refused must leave nothing behind.
    /// </summary>
    public async Task WaitStartedAsync(CancellationToken cancellationToken)
    {
        if (!lifetime.ApplicationStarted.CanBeCanceled)
            return;
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(cancellationToken);
    }

    public void Beat(string service) => _beats[service] = time.GetTimestamp();

    public void Fail(string service, Exception error)
    {
        logger.LogCritical(EventIds.ServiceFailed, error, "{Service} failed; the process ends so that the service manager starts it again", service);
        Failure = $"{service}: {error.Message}";
        Volatile.Write(ref _exitCode, FailureExitCode);
        lifetime.StopApplication();
    }

    /// <summary>
    /// Ends the process because services hang, for service managers without a watchdog (launchd). At once: a hung service does not take part in an
    /// orderly stop, and every step of the work is recovered from the store.
    /// </summary>
    public void ExitHung(IReadOnlyList<string> hung)
    {
        logger.LogCritical(EventIds.ServiceHung, "{Services} hang; the process ends so that the service manager starts it again (health.exit_when_hung)", string.Join(", ", hung));
        Environment.Exit(FailureExitCode);
    }
}
