namespace Workflow.Hosting;

/// <summary>
/// A BackgroundService whose failure ends the process with a non-zero exit code, so that the service manager restarts it
/// (the Generic Host stops with exit code 0 when one throws: dotnet/runtime#67146), and whose heartbeat shows that it is alive.
/// </summary>
internal abstract class SupervisedService(ServiceSupervisor supervisor) : BackgroundService
{
    /// <summary>Name in logs, health and heartbeats.</summary>
    protected abstract string Name { get; }

    /// <summary>The service's work, begun when all services have started; returns only when <paramref name="stoppingToken"/> fires.</summary>
    protected abstract Task RunAsync(CancellationToken stoppingToken);

    /// <summary>Says that the service is making progress. Call at least once in every turn of its loop.</summary>
    protected void Heartbeat() => supervisor.Beat(Name);

    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        Heartbeat(); // before anything can hang: from now on the supervisor knows this service
        await Task.Yield();
        try
        {
            await supervisor.WaitStartedAsync(stoppingToken);
            Heartbeat();
            await RunAsync(stoppingToken);
            if (!stoppingToken.IsCancellationRequested)
                throw new InvalidOperationException($"{Name} ended although the process goes on.");
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host is stopping.
        }
        catch (Exception error) // decided here, once: a dead service must not look alive
        {
            supervisor.Fail(Name, error);
        }
    }
}
