using System.Text.Json;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using Workflow.Questions;
using Workflow.Questions.Human;

namespace Workflow.Mcp;

/// <summary>
/// Asks the person behind the client that waits for an answer, when only a person is left and the client can show forms. It is done by ending the call with
/// a request for input (MRTR), which the client repeats with the person's answer: the only form that works on every transport and revision.
/// </summary>
internal static class AskerElicitation
{
    private const string Key = "answer";

    /// <summary>Whether a call that waits can be answered by its own caller's person.</summary>
    public static bool IsPossible(McpServer server, RequestContext<CallToolRequestParams> request) =>
        Callers.SpeaksForPerson(request) && server.IsMrtrSupported && server.ClientCapabilities?.Elicitation?.Form is not null && request.Params?.InputResponses?.ContainsKey(Key) != true;

    /// <summary>Takes the answer that a repeated call brings. A declined or closed form is no answer: the question waits for one as before.</summary>
    public static async Task TakeAsync(RequestContext<CallToolRequestParams> request, IQuestions questions, QuestionId id)
    {
        if (!Callers.SpeaksForPerson(request) || request.Params?.InputResponses is not { } responses || !responses.TryGetValue(Key, out var response) || response.Deserialize(InputResponse.ElicitResultJsonTypeInfo) is not { } form)
            return;
        JsonElement? field = form.Content is { } content && content.TryGetValue(Key, out var given) ? given : null;
        if (HumanForm.AnswerIn(form.IsAccepted, field) is { } answer)
            await questions.SubmitAnswerAsync(id, new NewAnswer(answer, Answer.Human, RouteNames.Human, 1, []), replace: false, CancellationToken.None);
    }

    /// <summary>Ends the call with the form.</summary>
    /// <exception cref="InputRequiredException">Always; the SDK makes the request for input of it.</exception>
    public static InputRequiredException FormFor(QuestionView view)
    {
        var form = HumanForm.For(view);
        ElicitRequestParams.PrimitiveSchemaDefinition field = form.Options.Count > 0
            ? new ElicitRequestParams.UntitledSingleSelectEnumSchema { Title = "Answer", Enum = [.. form.Options], Default = form.Default }
            : new ElicitRequestParams.StringSchema { Title = "Answer", MinLength = 1, MaxLength = QuestionRules.MaxAnswerLength, Default = form.Default };
        var parameters = new ElicitRequestParams { Message = form.Message, RequestedSchema = new ElicitRequestParams.RequestSchema { Properties = { [Key] = field }, Required = [Key] } };
        return new InputRequiredException(new Dictionary<string, InputRequest>(StringComparer.Ordinal) { [Key] = InputRequest.ForElicitation(parameters) }, requestState: view.Question.Id.Value);
    }
}
