using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
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
    public StatusResult Status() => new(
        health.Current(),
        changes.List().CountBy(summary => ToolResults.NameOf(summary.Work.Stage)).ToDictionary(),
        questions.CountByStatus().ToDictionary(pair => ToolResults.NameOf(pair.Key), pair => pair.Value));

    private SubmitResult Result(QuestionId id, string outcome)
    {
        var view = questions.Find(id) ?? throw new McpException($"There is no question '{id}'.");
        return new SubmitResult(id.Value, view.Question.Status, outcome, view.Answer?.Text, view.Answer?.AnsweredBy);
    }
}

/// <summary>Result of <c>get_status</c>: the health, and how much work stands where.</summary>
internal sealed record StatusResult : DaemonHealth
{
    [SetsRequiredMembers] // the health brings the rest
    internal StatusResult(DaemonHealth health, IReadOnlyDictionary<string, int> changes, IReadOnlyDictionary<string, int> questions)
        : base(health) => (Changes, Questions) = (changes, questions);

    /// <summary>How many present changes are in each stage.</summary>
    public required IReadOnlyDictionary<string, int> Changes { get; init; }

    /// <summary>How many questions are in each status.</summary>
    public required IReadOnlyDictionary<string, int> Questions { get; init; }
}
