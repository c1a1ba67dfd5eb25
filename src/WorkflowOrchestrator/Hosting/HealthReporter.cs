using System.Globalization;
using System.Reflection;

namespace Workflow.Hosting;

/// <summary>The whole health of the daemon.</summary>
internal sealed record DaemonHealth(
    HealthState Status,
    string Version,
    long UptimeSeconds,
    string Repository,
    int ProcessId,
    bool Ready,
    IReadOnlyList<string> Waiting,
    IReadOnlyList<DependencyHealth> Dependencies,
    IReadOnlyList<string> HungServices,
    IReadOnlyList<HealthWarning> Warnings)
{
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
        return new DaemonHealth(
            status,
            Version,
            (long)time.GetElapsedTime(_started).TotalSeconds,
            repository.Root,
            Environment.ProcessId,
            readiness.IsReady,
            readiness.Waiting,
            dependencies,
            hung,
            [.. hung.Select(Hung), .. board.Warnings]);
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
