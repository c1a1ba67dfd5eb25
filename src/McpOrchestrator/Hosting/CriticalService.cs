using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace McpOrchestrator.Hosting;

/// <summary>Remembers that a service failed. The Generic Host would stop with exit code 0 (dotnet/runtime#67146), and nobody would start it again.</summary>
internal sealed partial class ServiceFailures(IHostApplicationLifetime lifetime, ILogger<ServiceFailures> logger)
{
    private int _exitCode = ExitCodes.Done;

    internal int ExitCode => Volatile.Read(ref _exitCode);

    internal void Report(string service, Exception error)
    {
        LogFailed(error, service);
        Volatile.Write(ref _exitCode, ExitCodes.ServiceFailed);
        lifetime.StopApplication();
    }

    [LoggerMessage(EventId = 2101, Level = LogLevel.Critical, Message = "{Service} failed; the process ends so that it can be started anew")]
    private partial void LogFailed(Exception error, string service);
}

/// <summary>A service without which the process is of no use.</summary>
internal abstract class CriticalService(ServiceFailures failures) : BackgroundService
{
    /// <summary>Runs until the token fires.</summary>
    protected abstract Task RunAsync(CancellationToken stoppingToken);

    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        try
        {
            await RunAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Asked to stop.
        }
        catch (Exception e) // decided here, once, for every service
        {
            failures.Report(GetType().Name, e);
        }
    }
}
