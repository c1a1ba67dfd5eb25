using System.ComponentModel;
using ModelContextProtocol;
using ModelContextProtocol.Server;
using Workflow.Feedback.Experiments;
using Workflow.Feedback.Improvements;
using Workflow.Hosting.Tunables;

namespace Workflow.Mcp;

/// <summary>What operators see of the daemon's own improvements, and how they decide about them.</summary>
[McpServerToolType]
internal sealed class ImprovementTools(ImprovementStore improvements, ImprovementDesk desk, TunableBoard board)
{
    private const string By = "human";

    [McpServerTool(Name = "list_improvements", Title = "List improvements", UseStructuredContent = true, ReadOnly = true, Destructive = false, Idempotent = true, OpenWorld = false)]
    [Description("Lists what the daemon proposed to do better, newest first: what was tried, what came of it, why it was kept or taken back.")]
    public ImprovementListResult List(
        [Description("Only improvements in this state: proposed, waiting, trying, guarded, kept, reverted, dropped, rejected.")] string? state = null,
        [Description("Most improvements to return, 1 to 1000; 200 when not given.")] int? limit = null)
    {
        var wanted = string.IsNullOrEmpty(state) ? (ImprovementState?)null : ToolResults.ParseName<ImprovementState>("state", state);
        return new ImprovementListResult([.. improvements.All().Where(improvement => wanted is null || improvement.State == wanted).Take(Math.Clamp(limit ?? 200, 1, 1000)).Select(ImprovementItem.Of)]);
    }

    [McpServerTool(Name = "approve_improvement", Title = "Approve an improvement", UseStructuredContent = true, ReadOnly = false, Destructive = false, Idempotent = true, OpenWorld = false)]
    [Description("Lets an improvement be tried. It is kept only when the experiment shows a gain.")]
    public async Task<ImprovementItem> ApproveAsync([Description("The improvement's id.")] string improvement_id) =>
        Result(improvement_id, await desk.ApproveAsync(improvement_id, By, CancellationToken.None));

    [McpServerTool(Name = "revert_improvement", Title = "Take an improvement back", UseStructuredContent = true, ReadOnly = false, Destructive = false, Idempotent = true, OpenWorld = false)]
    [Description("Puts the value before an improvement in force again; one that is not in force is rejected and not proposed again.")]
    public async Task<ImprovementItem> RevertAsync([Description("The improvement's id.")] string improvement_id) =>
        Result(improvement_id, await desk.RevertAsync(improvement_id, By, CancellationToken.None));

    [McpServerTool(Name = "list_tunables", Title = "List tunables", UseStructuredContent = true, ReadOnly = true, Destructive = false, Idempotent = true, OpenWorld = false)]
    [Description("Lists the settings that the feedback loop may move, with bounds, the user's setting and the value in force. Nothing else can be moved by it.")]
    public TunableListResult Tunables() => new([.. Tunable.All.Select(tunable => new TunableItem(
        tunable.Name, tunable.Class, tunable.Minimum, tunable.Maximum, board.Default(tunable), board.Kept(tunable), board.Integer(tunable), board.IsTried(tunable), tunable.Metric, tunable.Description))]);

    private static ImprovementItem Result(string id, ImprovementDecision decision) => decision switch
    {
        ImprovementDecision.Done done => ImprovementItem.Of(done.Improvement),
        ImprovementDecision.WrongState wrong => throw new McpException($"{id}: {wrong.Why}."),
        _ => throw new McpException($"There is no improvement '{id}'. list_improvements shows them."),
    };
}

/// <summary>Result of <c>list_improvements</c>.</summary>
internal sealed record ImprovementListResult(IReadOnlyList<ImprovementItem> Improvements);

/// <summary>An improvement.</summary>
internal sealed record ImprovementItem(
    string ImprovementId,
    string Kind,
    string Title,
    ImprovementState State,
    string? Reason,
    string? Tunable,
    double? From,
    double? To,
    double ExpectedGain,
    double? MeasuredGain,
    string? ApprovedBy,
    DateTimeOffset CreatedAt,
    DateTimeOffset StateAt)
{
    public static ImprovementItem Of(Improvement improvement) => new(
        improvement.Id,
        improvement.Kind,
        improvement.Title,
        improvement.State,
        improvement.Reason,
        improvement.Tunable,
        improvement.From,
        improvement.To,
        improvement.ExpectedGain,
        improvement.MeasuredGain,
        improvement.ApprovedBy,
        improvement.CreatedAt,
        improvement.StateAt);
}

/// <summary>Result of <c>list_tunables</c>.</summary>
internal sealed record TunableListResult(IReadOnlyList<TunableItem> Tunables);

/// <summary>A tunable.</summary>
/// <param name="Default">What the user's settings say.</param>
/// <param name="Kept">What is in force for good.</param>
/// <param name="Value">What is in force at this moment.</param>
/// <param name="IsTried">An experiment is using another value at this moment.</param>
internal sealed record TunableItem(string Name, TunableClass Class, double Minimum, double Maximum, double Default, double Kept, double Value, bool IsTried, string Metric, string Description);
