using Platform.Models;
using Workflow.Hosting;
using Workflow.Hosting.Tunables;

namespace Workflow.Models;

/// <summary>Keeps looking at the model server, tells the health board what can be done with it, and holds the calls in flight to the limit in force.</summary>
internal sealed class ModelWatch : SupervisedService
{
    private readonly ModelServer _server;
    private readonly HealthBoard _health;
    private readonly OrchestratorSettings _settings;
    private readonly ITunables _tunables;
    private readonly IDisposable _limit;

    public ModelWatch(ModelServer server, HealthBoard health, OrchestratorSettings settings, ITunables tunables, ServiceSupervisor supervisor)
        : base(supervisor)
    {
        (_server, _health, _settings, _tunables) = (server, health, settings, tunables);
        _limit = tunables.OnChange(Limit);
        Limit();
        Report(server.Inventory.Current);
    }

    public override void Dispose()
    {
        _limit.Dispose();
        base.Dispose();
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

    private void Limit() => _server.LimitCalls(_tunables.Integer(Tunable.MaxConcurrentCalls));

    private void Report(ModelState state)
    {
        if (ModelHealth.Of(state, _settings) is { } health)
            _health.Report(ModelHealth.Name, health.State, health.Detail, health.Remedy);
    }
}
