using System.ComponentModel;
using ModelContextProtocol.Server;
using Workflow.Changes;
using Workflow.Feedback;
using Workflow.Feedback.Analyses;

namespace Workflow.Mcp;

/// <summary>How operators set work going.</summary>
[McpServerToolType]
internal sealed class WorkflowTools(WorkflowOrchestrator orchestrator, ChangeWatcher watcher, ChangeNames names, FeedbackLoop feedback)
{
    [McpServerTool(Name = "process_change", Title = "Work on a change", IconSource = Icons.WorkSource, UseStructuredContent = true, ReadOnly = false, Destructive = false, Idempotent = true, OpenWorld = false)]
    [Description("Looks at the disk now and works on a change: what is new is reviewed, what is parked is tried again. With again=true it is reviewed from the start whatever came of it before.")]
    public async Task<ProcessResult> ProcessAsync(
        [Description("Name of the change.")] string change,
        [Description("Review it again from the start.")] bool? again = null,
        CancellationToken cancellationToken = default)
    {
        await watcher.ScanNowAsync(cancellationToken);
        var work = names.Require(change).Work;
        if (again == true || work.Stage == ChangeStage.Parked)
            await orchestrator.ProcessOpenSpecChangeAsync(work.Change, cancellationToken);
        return new ProcessResult(work.Change.Value, names.Require(change).Work.Stage);
    }

    [McpServerTool(Name = "analyze_feedback", Title = "Analyse the daemon's work", IconSource = Icons.WorkSource, UseStructuredContent = true, ReadOnly = false, Destructive = false, Idempotent = true, OpenWorld = false)]
    [Description("Measures the daemon's own work of the last seven days: time in each stage, answers by route, counts of events, and what the four analyses (efficiency, errors, bottlenecks, usage) find in it, each with its numbers.")]
    public Task<WorkReport> AnalyzeAsync(CancellationToken cancellationToken) => feedback.AnalyzeFeedbackAsync(cancellationToken);
}

/// <summary>Result of <c>process_change</c>: where the change stands.</summary>
internal sealed record ProcessResult(string Change, ChangeStage Stage);
