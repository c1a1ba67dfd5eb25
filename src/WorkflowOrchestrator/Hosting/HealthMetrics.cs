using System.Diagnostics.Metrics;

namespace Workflow.Hosting;

/// <summary>The health as metrics: what alert rules look at. Observed at a scrape, so they cost nothing in between.</summary>
internal sealed class HealthMetrics : IDisposable
{
    private readonly Meter _meter = new(Instruments.Name);
    private readonly HealthReporter _health;
    private readonly ServiceSupervisor _supervisor;

    public HealthMetrics(HealthReporter health, ServiceSupervisor supervisor, SettingsReloader reloader)
    {
        (_health, _supervisor) = (health, supervisor);
        _meter.CreateObservableGauge("workflow_orchestrator_health_state", Dependencies, description: "State of each dependency: 0 ok, 1 degraded, 2 down.");
        _meter.CreateObservableGauge("workflow_orchestrator_warnings", Warnings, description: "Warnings that are shown, by code and severity.");
        _meter.CreateObservableGauge("workflow_orchestrator_ready", () => _health.Current().Ready ? 1 : 0, description: "1 after the first scan.");
        _meter.CreateObservableGauge("workflow_orchestrator_heartbeat_age_seconds", Heartbeats, "s", "Time since the last sign of life of each service.");
        _meter.CreateObservableGauge("workflow_orchestrator_build_info", () => new Measurement<int>(1, new KeyValuePair<string, object?>("version", HealthReporter.Version)), description: "The running version.");
        _meter.CreateObservableGauge("workflow_orchestrator_config_last_reload_successful", () => reloader.LastSucceeded ? 1 : 0, description: "0 while the configuration on disk is wrong and an older one is in force.");
        _meter.CreateObservableGauge("workflow_orchestrator_config_last_reload_success_timestamp_seconds", () => reloader.LastSuccess.ToUnixTimeMilliseconds() / 1000.0, "s", "When the configuration in force was read.");
    }

    public void Dispose() => _meter.Dispose();

    private IEnumerable<Measurement<int>> Dependencies() =>
        _health.Current().Dependencies.Select(dependency => new Measurement<int>((int)dependency.State, new KeyValuePair<string, object?>("dependency", dependency.Name)));

    private IEnumerable<Measurement<int>> Warnings() =>
        _health.Current().Warnings.GroupBy(warning => (warning.Code, warning.Severity)).Select(group => new Measurement<int>(
            group.Count(), new KeyValuePair<string, object?>("code", group.Key.Code), new KeyValuePair<string, object?>("severity", group.Key.Severity.ToString().ToLowerInvariant())));

    private IEnumerable<Measurement<double>> Heartbeats() =>
        _supervisor.HeartbeatAges.Select(age => new Measurement<double>(age.Value.TotalSeconds, new KeyValuePair<string, object?>("service", age.Key)));
}
