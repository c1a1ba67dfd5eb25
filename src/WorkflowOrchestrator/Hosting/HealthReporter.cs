using System.Globalization;
using System.Reflection;

namespace Workflow.Hosting;

/// <summary>The whole health of the daemon.</summary>
internal record DaemonHealth
{
    public required HealthState Status { get; init; }

    public required string Version { get; init; }

    public required long UptimeSeconds { get; init; }

    /// <summary>Folder of the repository that is served.</summary>
    public required string Repository { get; init; }

    public required int ProcessId { get; init; }

    public required bool Ready { get; init; }

    /// <summary>What is still to be done before the daemon is ready.</summary>
    public required IReadOnlyList<string> Waiting { get; init; }

    public required IReadOnlyList<DependencyHealth> Dependencies { get; init; }

    /// <summary>Services that give no sign of life.</summary>
    public required IReadOnlyList<string> HungServices { get; init; }

    public required IReadOnlyList<HealthWarning> Warnings { get; init; }

    /// <summary>One line for service managers.</summary>
    public string StatusLine()
    {
        var shown = Warnings.Where(warning => warning.Severity > Severity.Info && warning.CausedBy is null).Select(warning => warning.Code).ToList();
        var state = Status.ToString().ToLowerInvariant();
        return string.Create(CultureInfo.InvariantCulture, $"{state}: serving {Repository}{(shown.Count == 0 ? "" : "; " + string.Join(", ", shown))}");
    }
}

/// <summary>Puts the board, the heartbeats and the readiness together.</summary>
internal sealed class HealthReporter(HealthBoard board, ServiceSupervisor supervisor, Readiness readiness, Repository repository, CurrentSettings settings, TimeProvider time)
{
    private readonly long _started = time.GetTimestamp();

    /// <summary>Version of this build.</summary>
    public static string Version { get; } =
        typeof(HealthReporter).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";

    public DaemonHealth Current()
    {
        var hung = supervisor.Hung(settings.HeartbeatTimeout);
        var dependencies = board.Dependencies;
        var worst = dependencies.Select(dependency => dependency.State).DefaultIfEmpty(HealthState.Ok).Max();
        var status = hung.Count > 0 || supervisor.Failure is not null ? HealthState.Down : worst;
        return new DaemonHealth
        {
            Status = status,
            Version = Version,
            UptimeSeconds = (long)time.GetElapsedTime(_started).TotalSeconds,
            Repository = repository.Root,
            ProcessId = Environment.ProcessId,
            Ready = readiness.IsReady,
            Waiting = readiness.Waiting,
            Dependencies = dependencies,
            HungServices = hung,
            Warnings = [.. hung.Select(Hung), .. board.Warnings],
        };
    }

    private HealthWarning Hung(string service)
    {
        var age = settings.HeartbeatTimeout;
        return new HealthWarning(
            Warnables.ServiceHung,
            service,
            Severity.Critical,
            $"The service {service} hangs",
            string.Create(CultureInfo.InvariantCulture, $"no sign of life for more than {age.TotalSeconds:0} s"),
            "The service manager restarts it; without one: scripts/stop-all.sh and scripts/start-all.sh. Nothing is lost.",
            time.GetUtcNow() - age,
            null);
    }
}
