using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Workflow.Hosting;

/// <summary>The meter and activity source of the daemon. Rooms create their instruments from <see cref="Meter"/>; names are <c>workflow_orchestrator_…</c>.</summary>
internal static class Instruments
{
    public const string Name = "WorkflowOrchestrator";

    public static readonly Meter Meter = new(Name);

    public static readonly ActivitySource Source = new(Name);
}
