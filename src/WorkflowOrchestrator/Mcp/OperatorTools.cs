using System.ComponentModel;
using ModelContextProtocol;
using ModelContextProtocol.Server;
using Workflow.Changes;
using Workflow.Hosting;
using Workflow.Questions;

namespace Workflow.Mcp;

/// <summary>Answers of the human, and how the daemon is.</summary>
[McpServerToolType]
internal sealed class OperatorTools(IQuestions questions, ChangeStore changes, HealthReporter health)
{
    [McpServerTool(Name = "submit_answer", Title = "Answer a question", IconSource = Icons.DecisionSource, UseStructuredContent = true, ReadOnly = false, Destructive = false, Idempotent = true, OpenWorld = false)]
    [Description("Gives a person's answer to a question. It beats an agent's answer; beside an earlier answer of a person it is kept as an alternative, unless replace is true.")]
    public async Task<SubmitResult> SubmitAsync(
        [Description("The question's id, or the last four or more characters of it.")] string question_id,
        [Description("The answer.")] string answer,
        [Description("Put an earlier answer of a person right.")] bool? replace = null)
    {
        var id = questions.ResolveId(question_id);
        var outcome = await questions.SubmitAnswerAsync(id, new NewAnswer(answer.Trim(), Answer.Human, RouteNames.Human, 1, []), replace ?? false, CancellationToken.None);
        return outcome switch
        {
            AnswerOutcome.Accepted => Result(id, "accepted"),
            AnswerOutcome.KeptAsAlternative => Result(id, "kept_as_alternative"),
            AnswerOutcome.AlreadyGiven => Result(id, "already_given"),
            AnswerOutcome.Invalid invalid => throw new McpException(invalid.Reason),
            AnswerOutcome.UnknownQuestion => throw new McpException($"There is no question '{id}'."),
            _ => throw new InvalidOperationException("An outcome of a kind that is not known."),
        };
    }

    [McpServerTool(Name = "get_status", Title = "Status of the daemon", IconSource = Icons.WorkSource, UseStructuredContent = true, ReadOnly = true, Destructive = false, Idempotent = true, OpenWorld = false)]
    [Description("The daemon's health with each dependency and its remedy, and how many changes and questions stand where.")]
    public StatusResult Status()
    {
        var now = health.Current();
        return new StatusResult(
            now.Status,
            now.Version,
            now.UptimeSeconds,
            now.Repository,
            now.ProcessId,
            now.Ready,
            now.Waiting,
            now.Dependencies,
            now.HungServices,
            now.Warnings,
            changes.List().CountBy(summary => ToolResults.NameOf(summary.Work.Stage)).ToDictionary(),
            questions.CountByStatus().ToDictionary(pair => ToolResults.NameOf(pair.Key), pair => pair.Value));
    }

    private SubmitResult Result(QuestionId id, string outcome)
    {
        var view = questions.Find(id) ?? throw new McpException($"There is no question '{id}'.");
        return new SubmitResult(id.Value, view.Question.Status, outcome, view.Answer?.Text, view.Answer?.AnsweredBy);
    }
}

/// <summary>Result of <c>get_status</c>.</summary>
/// <param name="Waiting">What is still to be done before the daemon is ready.</param>
/// <param name="Changes">How many present changes are in each stage.</param>
/// <param name="Questions">How many questions are in each status.</param>
internal sealed record StatusResult(
    HealthState Status,
    string Version,
    long UptimeSeconds,
    string Repository,
    int ProcessId,
    bool Ready,
    IReadOnlyList<string> Waiting,
    IReadOnlyList<DependencyHealth> Dependencies,
    IReadOnlyList<string> HungServices,
    IReadOnlyList<HealthWarning> Warnings,
    IReadOnlyDictionary<string, int> Changes,
    IReadOnlyDictionary<string, int> Questions);
