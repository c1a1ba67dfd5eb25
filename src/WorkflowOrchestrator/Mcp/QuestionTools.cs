using System.ComponentModel;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using Workflow.Questions;

namespace Workflow.Mcp;

/// <summary>The three tools of agents: ask, hear the answer, look around.</summary>
[McpServerToolType]
internal sealed class QuestionTools(IQuestions questions, EvidenceReader evidence, ChangeNames changes)
{
    // While a call waits it says so this often; a client that resets its time-out on progress waits as long as it asked for.
    private static readonly TimeSpan s_progressInterval = TimeSpan.FromSeconds(5);

    [McpServerTool(Name = "ask_question", Title = "Ask a question", IconSource = Icons.QuestionSource, UseStructuredContent = true, ReadOnly = false, Destructive = false, Idempotent = false, OpenWorld = false)]
    [Description("Asks a question about the repository's specs and changes. It is stored and routed to earlier answers, the librarian, agents and last a human; returns its id at once, or after up to wait_seconds when the answer comes that soon. An answer is never lost: fetch it with get_answer.")]
    public async Task<AskResult> AskAsync(
        McpServer server,
        RequestContext<CallToolRequestParams> request,
        IProgress<ProgressNotificationValue> progress,
        [Description("The question, understandable on its own. 1 to 8000 characters.")] string question,
        [Description("What one needs to know to answer it: quote the passage that it is about. Up to 64000 characters.")] string? context = null,
        [Description("The OpenSpec change that it is about.")] string? change = null,
        [Description("Ask only this agent (and then the human).")] string? agent_id = null,
        [Description("Continue this conversation: the conversation_id that the first question returned. Earlier turns are given to whoever answers.")] string? conversation_id = null,
        [Description("Answers to choose from.")] IReadOnlyList<string>? options = null,
        [Description("Seconds to wait for the answer, at most 50. 0: return at once.")] double? wait_seconds = null,
        CancellationToken cancellationToken = default)
    {
        var asked = new NewQuestion(question, CallerNames.NameOf(server))
        {
            Context = context ?? "",
            ChangeId = changes.RequireKnown(change),
            AgentId = NullIfEmpty(agent_id),
            ConversationId = NullIfEmpty(conversation_id),
            Options = options ?? [],
        };
        if (QuestionRules.FindProblem(asked) is { } problem)
            throw new McpException(problem);

        // Not cancelled with the call: a question that was sent is asked, whether or not the caller still listens.
        var stored = await questions.AskQuestionAsync(asked, CancellationToken.None);
        await AskerElicitation.TakeAsync(request, questions, stored.Id);
        if (wait_seconds is not > 0 && !stored.HasEnded && request.Params?.InputResponses is null)
            return AskResult.From(new QuestionView(stored, null, [])); // as it was committed
        var view = await WaitAsync(stored.Id, wait_seconds, progress, untilHuman: AskerElicitation.IsPossible(server, request), cancellationToken);
        if (wait_seconds > 0 && view.Question.Status == QuestionStatus.AwaitingHuman && AskerElicitation.IsPossible(server, request))
            throw AskerElicitation.FormFor(view);
        return AskResult.From(view);
    }

    [McpServerTool(Name = "get_answer", Title = "Get an answer", IconSource = Icons.QuestionSource, UseStructuredContent = true, ReadOnly = true, Destructive = false, Idempotent = true, OpenWorld = false)]
    [Description("Returns how a question stands and its answer with who gave it, confidence and evidence; waits up to wait_seconds for the answer. stale is true when a passage that the answer rests on has changed since.")]
    public async Task<AnswerResult> GetAsync(
        IProgress<ProgressNotificationValue> progress,
        [Description("The question's id, or the last four or more characters of it.")] string question_id,
        [Description("Seconds to wait for the answer, at most 50. 0: return at once.")] double? wait_seconds = null,
        CancellationToken cancellationToken = default)
    {
        var id = QuestionId.TryParse(question_id, out var whole) ? whole : questions.ResolveId(question_id); // a whole id need not be looked up twice
        return AnswerResult.From(await WaitAsync(id, wait_seconds, progress, untilHuman: false, cancellationToken), evidence);
    }

    [McpServerTool(Name = "list_questions", Title = "List questions", IconSource = Icons.QuestionSource, UseStructuredContent = true, ReadOnly = true, Destructive = false, Idempotent = true, OpenWorld = false)]
    [Description("Lists questions, newest first, a page at a time. A page ends early when its texts are long: go on with next_cursor while there is one.")]
    public QuestionListResult List(
        [Description("Only questions in this status: open, routing, awaiting_human, answered, withdrawn, expired; or 'pending' for all that have no answer yet.")] string? status = null,
        [Description("Only questions about this change.")] string? change = null,
        [Description("next_cursor of the page before.")] string? cursor = null,
        [Description("Questions on a page, 1 to 200; 50 when not given.")] int? limit = null)
    {
        if (!string.IsNullOrEmpty(cursor) && !QuestionId.TryParse(cursor, out _))
            throw new McpException("'cursor' must be the next_cursor of an earlier list_questions. Leave it out to start at the newest.");
        var page = questions.List(new QuestionFilter(Statuses(status), ToolResults.ParseChangeOrNull(change), NullIfEmpty(cursor), limit ?? 50));
        return QuestionListResult.Of(page);
    }

    private static IReadOnlyList<QuestionStatus> Statuses(string? status) => status switch
    {
        null or "" or "all" => [],
        "pending" => [QuestionStatus.Open, QuestionStatus.Routing, QuestionStatus.AwaitingHuman],
        _ => [ToolResults.ParseName<QuestionStatus>("status", status)],
    };

    private async Task<QuestionView> WaitAsync(QuestionId id, double? seconds, IProgress<ProgressNotificationValue> progress, bool untilHuman, CancellationToken cancellationToken)
    {
        var whole = ToolResults.Wait(seconds);
        var left = whole;
        while (true)
        {
            var part = left < s_progressInterval ? left : s_progressInterval;
            var view = await questions.WaitForAnswerAsync(id, part, untilHuman, cancellationToken) ?? throw new McpException($"There is no question '{id}'.");
            left -= part;
            if (left <= TimeSpan.Zero || view.Question.HasEnded || (untilHuman && view.Question.Status == QuestionStatus.AwaitingHuman))
                return view;
            progress.Report(new ProgressNotificationValue { Progress = (float)(whole - left).TotalSeconds, Total = (float)whole.TotalSeconds, Message = $"{ToolResults.NameOf(view.Question.Status)}, still waiting" });
        }
    }

    private static string? NullIfEmpty(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;
}
