using System.Diagnostics.Metrics;
using Platform.Sockets;
using Workflow.Hosting;

namespace Workflow.Agents;

/// <summary>What calls to the MCP Orchestrator cost and how they end.</summary>
internal static class AgentMetrics
{
    private static readonly Histogram<double> s_duration =
        Instruments.Meter.CreateHistogram<double>("workflow_orchestrator_agent_call_duration_seconds", "s", "Calls of tools of the MCP Orchestrator, by tool and outcome.");

    public static void Record(string tool, CallOutcome outcome, TimeSpan duration) =>
        s_duration.Record(duration.TotalSeconds, new("tool", tool), new("outcome", NameOf(outcome)));

    private static string NameOf(CallOutcome outcome) => outcome switch
    {
        CallOutcome.Answered => "answered",
        CallOutcome.Failed => "failed",
        CallOutcome.Refused => "refused",
        CallOutcome.TimedOut => "timed_out",
        _ => "lost",
    };
}
