using System.Diagnostics.Metrics;
using Workflow.Hosting;

namespace Workflow.Changes;

/// <summary>What this room measures.</summary>
internal static class ChangeInstruments
{
    public static readonly Counter<long> Missed = Instruments.Meter.CreateCounter<long>(
        "workflow_orchestrator_watcher_missed_changes_total", description: "Changes that a scan found and no file event had announced.");

    public static readonly Counter<long> Rearmed = Instruments.Meter.CreateCounter<long>(
        "workflow_orchestrator_watcher_rearms_total", description: "Times that the file watchers were set anew.");

    public static readonly Histogram<double> ScanSeconds = Instruments.Meter.CreateHistogram<double>(
        "workflow_orchestrator_changes_scan_seconds", unit: "s", description: "Time to read the changes, compare them with the store and record the differences.");

    public static readonly Gauge<int> Present = Instruments.Meter.CreateGauge<int>(
        "workflow_orchestrator_changes_present", description: "Changes in the changes folder.");
}
