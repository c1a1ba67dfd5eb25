using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using Platform.Telemetry;

namespace Workflow.Hosting;

/// <summary>
/// <c>/healthz</c>, <c>/readyz</c> and <c>/metrics</c>. They only read what the rooms have reported: they never call out and answer at once.
/// </summary>
internal static class HealthEndpoints
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
        WriteIndented = true,
    };

    public static void MapHealth(this WebApplication app)
    {
        app.MapGet("/healthz", (HealthReporter reporter) => Report(reporter));
        app.MapGet("/readyz", (Readiness readiness) => Results.Json(
            new { ready = readiness.IsReady, waiting = readiness.Waiting },
            Json,
            statusCode: readiness.IsReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable));
        app.MapGet("/metrics", (PrometheusReader reader) => Results.Text(reader.Scrape(), "text/plain; version=0.0.4; charset=utf-8"));
    }

    private static IResult Report(HealthReporter reporter)
    {
        var health = reporter.Current();
        return Results.Json(health, Json, statusCode: health.Status == HealthState.Down ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK);
    }
}

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
    IReadOnlyList<string> HungServices);

/// <summary>Puts the board, the heartbeats and the readiness together.</summary>
internal sealed class HealthReporter(HealthBoard board, ServiceSupervisor supervisor, Readiness readiness, Repository repository, OrchestratorSettings settings, TimeProvider time)
{
    private readonly long _started = time.GetTimestamp();

    /// <summary>Version of this build.</summary>
    public static string Version { get; } =
        typeof(HealthReporter).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";

    public DaemonHealth Current()
    {
        var hung = supervisor.HeartbeatAges.Where(age => age.Value > settings.HeartbeatTimeout).Select(age => age.Key).Order(StringComparer.Ordinal).ToList();
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
            hung);
    }
}
