using System.ComponentModel;
using System.Text;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using Workflow.Questions;
using Workflow.Review;

namespace Workflow.Mcp;

/// <summary>What a person can start from a client's menu.</summary>
[McpServerPromptType]
internal sealed class Prompts(ChangeNames names, ChangeFiles documents, FindingStore findings, IQuestions questions)
{
    public const string AskWell = "ask_well";
    public const string ReviewChange = "review_change";
    public const string AnswerQuestions = "answer_questions";

    private const int MaxShown = 20;

    [McpServerPrompt(Name = AskWell, Title = "Put a question well", IconSource = Icons.QuestionSource)]
    [Description("Turns what is unclear into a question that can be answered without asking back, asks it, and fetches the answer.")]
    public static string Ask(
        [Description("What is unclear.")] string topic,
        [Description("The OpenSpec change that it is about.")] string? change = null,
        [Description("Ask only this agent.")] string? agent_id = null) =>
        $"""
         Something is unclear: {topic}

         Put it as one question that somebody who knows the specs, but not this conversation, can answer: name the capability and the requirement, say what would
         be done differently depending on the answer, and offer the answers to choose from when there are only a few. Call list_questions first: it may have been asked.
         Then call ask_question{(change is null ? "" : $" with change '{change}'")}{(agent_id is null ? "" : $" and agent_id '{agent_id}'")}, with the passage that it is about as context, and wait_seconds 50. If there is no answer yet, remember the
         question_id, go on with what does not depend on it, and call get_answer later: answers are kept.
         """;

    [McpServerPrompt(Name = ReviewChange, Title = "Review a change", IconSource = Icons.DocumentSource)]
    [Description("Reviews an OpenSpec change, starting from what the daemon has found, with its documents attached by address.")]
    public string Review([Description("Name of the change.")] string change)
    {
        var work = names.Require(change).Work;
        var text = new StringBuilder($"Review the OpenSpec change '{work.Change}' (stage: {ToolResults.NameOf(work.Stage)}). Read its documents first:\n\n");
        foreach (var path in documents.Paths(work.Change))
            text.Append("- ").Append(new ResourceAddress.DocumentAddress(work.Change, path)).Append('\n');
        var open = findings.OfRevision(work.Change, work.Hash).Where(tracked => tracked.Status == FindingStatus.Open).ToList();
        text.Append(open.Count == 0 ? "\nThe daemon has no open finding.\n" : "\nThe daemon's open findings:\n\n");
        foreach (var tracked in open.Take(MaxShown))
            text.Append($"- {ToolResults.NameOf(tracked.Finding.Severity)} in {tracked.Finding.Path}: {tracked.Finding.Message}\n");
        text.Append(
            """

            Say which findings you would confirm and which dismiss, and why. Look for what rules cannot see: requirements that contradict each other or the specs they change, scenarios
            without an observable outcome, tasks that no requirement asks for. Put what only a person can decide as questions with ask_question. Change no file yourself.
            """);
        return text.ToString();
    }

    [McpServerPrompt(Name = AnswerQuestions, Title = "Answer open questions", IconSource = Icons.DecisionSource)]
    [Description("Goes through the questions that wait for you, one by one, and hands in what you decide.")]
    public async Task<IReadOnlyList<PromptMessage>> AnswerAsync(
        [Description("Only questions about this change.")] string? change = null,
        CancellationToken cancellationToken = default)
    {
        var wanted = names.RequireKnown(change);
        var pending = (await questions.GetPendingQuestionsAsync(cancellationToken)).Where(question => wanted is null || question.ChangeId == wanted).ToList();
        var text = new StringBuilder(pending.Count == 0 ? "No question waits for an answer. Say so.\n" : $"{pending.Count} questions wait for an answer, most urgent first:\n\n");
        foreach (var question in pending.Take(MaxShown))
        {
            text.Append($"- {question.Id}{(question.ChangeId is { } about ? $" (change {about})" : "")}: {question.Text}\n");
            if (question.Options.Count > 0)
                text.Append($"  Options: {string.Join(" | ", question.Options)}\n");
        }

        text.Append(
            """

            Take them one at a time: show me the question with what I need to know to decide, and what would follow from each answer. Do not answer for me. When I have decided, call
            submit_answer with my words and say what came of it.
            """);
        return [new PromptMessage { Role = Role.User, Content = new TextContentBlock { Text = text.ToString() } }];
    }
}
