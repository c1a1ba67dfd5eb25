using System.CommandLine;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Workflow.Hosting;
using Workflow.Mcp;
using Workflow.Storage;

namespace Workflow.Commands;

/// <summary><c>wo run</c>: the daemon.</summary>
internal static class RunCommand
{
    public static Command Create()
    {
        var command = new Command("run", "Run the daemon in the foreground for one repository. Example: wo run --repo ~/src/shop");
        command.SetAction((result, cancellationToken) => RunAsync(result, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult result, CancellationToken cancellationToken)
    {
        if (CommonOptions.SettingsOrReport(result) is not { } valid)
            return ExitCodes.BadConfiguration;
        try
        {
            var repository = RepositoryLocator.Locate(CommonOptions.RepoFolder(result), valid.Settings, Environment.GetEnvironmentVariables());
            RepositoryLocator.CreateStateFolders(repository);
            using var instance = InstanceLock.Acquire(repository, TimeProvider.System);
            return await ServeAsync(repository, valid.Snapshot, new SettingsOrigin(() => CommonOptions.LoadSettings(result)), cancellationToken);
        }
        catch (RepositoryException error)
        {
            Console.Error.WriteLine(error.Message);
            return ExitCodes.BadConfiguration;
        }
        catch (Exception error) when (IsExpectedStartFailure(error))
        {
            Console.Error.WriteLine(Explain(error, valid.Settings));
            return ExitCodes.Failed;
        }
    }

    private static async Task<int> ServeAsync(Repository repository, SettingsSnapshot settings, SettingsOrigin origin, CancellationToken cancellationToken)
    {
        // Before anything else: an unhandled SIGHUP ends the process. One that comes before there is anything to reload is met by the start itself.
        SettingsReloader? reloader = null;
        using var hangup = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
        {
            context.Cancel = true;
            Volatile.Read(ref reloader)?.Reload();
        });
        var events = new EventHub();
        await using var store = SqliteStore.Open(repository.StoreFile, TimeProvider.System, events);
        await using var app = DaemonServiceCollectionExtensions.BuildDaemon(repository, settings, origin, store, events);
        var supervisor = app.Services.GetRequiredService<ServiceSupervisor>();
        await app.StartAsync(cancellationToken);
        Volatile.Write(ref reloader, app.Services.GetRequiredService<SettingsReloader>());
        app.Logger.LogInformation(EventIds.Started, "Serving {Repository}; health at {Address}/healthz; process {ProcessId}", repository.Root, app.Urls.FirstOrDefault(), Environment.ProcessId);
        app.Lifetime.ApplicationStopping.Register(() => app.Logger.LogInformation(EventIds.Stopping, "Stopping; what is unfinished goes on at the next start"));
        await app.WaitForShutdownAsync(cancellationToken);
        return supervisor.ExitCode;
    }

    private static bool IsExpectedStartFailure(Exception error) =>
        error is InstanceRunningException or StoreVersionException or SocketUnavailableException or SocketException or IOException or DllNotFoundException
        || (error is AggregateException aggregate && aggregate.InnerExceptions.All(IsExpectedStartFailure));

    private static string Explain(Exception error, OrchestratorSettings settings)
    {
        for (var inner = error; inner is not null; inner = inner.InnerException)
        {
            if (inner is SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse } && error.Message.Contains("http", StringComparison.OrdinalIgnoreCase))
                return $"http.listen: {settings.HttpListen} is in use by another program. Stop it, or choose another port: WO__HTTP__LISTEN=127.0.0.1:PORT.";
        }

        return error.Message;
    }
}
