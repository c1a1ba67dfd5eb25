using Platform.Models;
using Workflow.Hosting;

namespace Workflow.Models;

/// <summary>Keeps looking at the model server and tells the health board what can be done with it.</summary>
internal sealed class ModelWatch : SupervisedService
{
    private readonly ModelServer _server;
    private readonly HealthBoard _health;
    private readonly OrchestratorSettings _settings;

    public ModelWatch(ModelServer server, HealthBoard health, OrchestratorSettings settings, ServiceSupervisor supervisor)
        : base(supervisor)
    {
        (_server, _health, _settings) = (server, health, settings);
        Report(server.Inventory.Current);
    }

    protected override string Name => "model_watch";

    protected override async Task RunAsync(CancellationToken stoppingToken)
    {
        using var subscription = _server.Inventory.OnChanged(Report);
        await _server.RunAsync(
            () =>
            {
                Heartbeat();
                Report(_server.Inventory.Current); // also when nothing changed: the board tells when it was last looked at
            },
            stoppingToken);
    }

    private void Report(ModelState state)
    {
        if (ModelHealth.Of(state, _settings) is { } health)
            _health.Report(ModelHealth.Name, health.State, health.Detail, health.Remedy);
    }
}
