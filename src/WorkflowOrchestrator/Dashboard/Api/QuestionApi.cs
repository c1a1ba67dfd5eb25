using System.Text.Json;
using Microsoft.Extensions.DependencyInjection.Extensions;
using ModelContextProtocol;
using Platform.Json;
using Workflow.Mcp;
using Workflow.Questions;
using Workflow.Questions.Human;
using static Workflow.Dashboard.Api.ApiGroup;

namespace Workflow.Dashboard.Api;

/// <summary>
/// Questions over plain HTTP and JSON, for the dashboard and scripts: <c>GET /api/questions</c> (a page, newest first; <c>status</c>, <c>change</c>, <c>cursor</c>,
/// <c>limit</c>), <c>GET /api/questions/inbox</c>, <c>GET /api/questions/{id}</c>, and with the token <c>POST /api/questions/{id}/answer</c>
/// (<c>{"answer"}</c> or <c>{"option"}</c>, <c>replace</c>), <c>/dismiss</c> (<c>{"reason"}</c>), <c>/reject</c>. Keys are those of the MCP tools.
/// </summary>
internal static class QuestionApi
{
    // An answer has at most 64,000 characters, each at most six bytes as JSON escapes it.
    private const int MaxBodyBytes = 512 * 1024;

    public static IServiceCollection AddQuestionApi(this IServiceCollection services)
    {
        services.TryAddTransient<QuestionTools>();
        services.TryAddTransient<OperatorTools>();
        return services;
    }

    public static void MapQuestionApi(this WebApplication app)
    {
        app.UseApiCallers();
        var questions = app.MapApi("/questions");
        questions.MapGet("", (QuestionTools tools, string? status, string? change, string? cursor, int? limit) => Json(tools.List(status, change, cursor, limit)));
        questions.MapGet("/inbox", (HumanInbox inbox) => Json(InboxResult.From(inbox.Read())));
        questions.MapGet("/{id}", (IQuestions store, string id) => Json(QuestionItem.From(Find(store, id))));
        var changing = questions.MapChanging("/{id}");
        changing.MapPost("/answer", async (IQuestions store, OperatorTools tools, string id, HttpRequest request) =>
        {
            var body = await ReadAsync(request);
            var view = Find(store, id);
            return Json(await tools.SubmitAsync(view.Question.Id.Value, AnswerIn(body, view.Question), Flag(body, "replace")));
        });
        changing.MapPost("/dismiss", async (IQuestions store, string id, HttpRequest request) =>
        {
            var reason = Text(await ReadAsync(request), "reason") ?? throw new McpException("Give the reason as {\"reason\": \"…\"}.");
            return Json(HumanTools.Result(await store.DismissAsync(Find(store, id).Question.Id, "dashboard", reason, CancellationToken.None)));
        });
        changing.MapPost("/reject", async (IQuestions store, string id) =>
            Json(HumanTools.Result(await store.RejectAnswerAsync(Find(store, id).Question.Id, CancellationToken.None))));
    }

    private static QuestionView Find(IQuestions questions, string id) => questions.Resolve(id) switch
    {
        [var found] => questions.Find(found)!,
        [] => throw new ApiException(StatusCodes.Status404NotFound, "There is no such question."),
        _ => throw new ApiException(StatusCodes.Status409Conflict, "Several questions have ids with this part. Give more of the id."),
    };

    private static string AnswerIn(JsonElement body, Question question)
    {
        if (body.TryGetProperty("option", out var number))
        {
            return number.ValueKind == JsonValueKind.Number && number.TryGetInt32(out var option) && option >= 1 && option <= question.Options.Count
                ? question.Options[option - 1]
                : throw new McpException(question.Options.Count == 0 ? "The question has no options; give the answer as {\"answer\": \"…\"}." : $"'option' must be a number from 1 to {question.Options.Count}.");
        }

        return Text(body, "answer") ?? throw new McpException("Give the answer as {\"answer\": \"…\"}, or the number of an option as {\"option\": 1}.");
    }

    // The body is read by hand: what is wrong with it is then said in the same words as everywhere.
    private static async Task<JsonElement> ReadAsync(HttpRequest request)
    {
        if (!request.HasJsonContentType())
            throw new ApiException(StatusCodes.Status415UnsupportedMediaType, "Send JSON, with the header Content-Type: application/json.");
        using var kept = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (await request.Body.ReadAsync(buffer, request.HttpContext.RequestAborted) is > 0 and var count)
        {
            if (kept.Length + count > MaxBodyBytes)
                throw new ApiException(StatusCodes.Status413PayloadTooLarge, $"The body has more than {MaxBodyBytes} bytes.");
            kept.Write(buffer, 0, count);
        }

        try
        {
            var body = JsonElement.Parse(kept.GetBuffer().AsSpan(0, (int)kept.Length));
            return body.ValueKind != JsonValueKind.Object ? throw new McpException("The body must be a JSON object.")
                : JsonUnicode.IsText(body) ? body : throw new McpException("The body holds half a surrogate pair, or bytes that are no UTF-8: send Unicode text.");
        }
        catch (JsonException error)
        {
            throw new McpException($"The body is not JSON: {error.Message}", error);
        }
    }

    private static string? Text(JsonElement body, string name) => body.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static bool Flag(JsonElement body, string name) => body.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;
}
