using System.Text;
using System.Text.Json;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using Workflow.Changes;
using Workflow.Hosting;
using Workflow.Questions;

namespace Workflow.Mcp;

/// <summary>What can be read without a tool: questions by everybody, the documents of changes by operators.</summary>
internal sealed class DaemonResources(IQuestions questions, EvidenceReader evidence, ChangeStore changes, ChangeFiles documents, OperatorToken token)
{
    private const int PageSize = 100;
    private const string Json = "application/json";

    private static readonly UTF8Encoding s_strictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private static readonly TimeSpan s_templateLifetime = TimeSpan.FromMinutes(1);

    public void Install(McpServerOptions options)
    {
        options.Handlers.ListResourcesHandler = (request, _) => ValueTask.FromResult(List(request));
        options.Handlers.ListResourceTemplatesHandler = (request, _) => ValueTask.FromResult(Templates(request));
        options.Handlers.ReadResourceHandler = (request, _) => ValueTask.FromResult(Read(request));
    }

    /// <summary>Why this caller may not know about this address; null when it may.</summary>
    public string? Refuse(MessageContext request, string uri) =>
        ResourceAddress.IsOfDocument(uri) && !Callers.IsOperator(request) ? CallerAccess.Refusal("Reading documents of changes", token.Path) : null;

    private ListResourcesResult List(RequestContext<ListResourcesRequestParams> request)
    {
        var isOperator = Callers.IsOperator(request);
        var cursor = request.Params?.Cursor is { Length: > 0 } given
            ? ResourceCursor.Parse(given) ?? throw Problem("'cursor' must be the nextCursor of an earlier resources/list. Leave it out to start at the beginning.", McpErrorCode.InvalidParams)
            : null;
        var result = new ListResourcesResult();
        if (cursor is null)
            result.Resources.Add(AllQuestions());
        var next = cursor ?? (isOperator ? new ResourceCursor.AfterChange("") : new ResourceCursor.BeforeQuestion(""));
        while (next is not null && result.Resources.Count < PageSize)
            next = Add(result.Resources, next, isOperator);
        result.NextCursor = next?.ToString();
        return result;
    }

    // One step of the list: the documents of one change, or a page of questions. Returns where to go on.
    private ResourceCursor? Add(IList<Resource> page, ResourceCursor from, bool isOperator)
    {
        if (from is ResourceCursor.AfterChange after && isOperator)
        {
            var change = changes.List().Select(summary => summary.Change.Id.Value).Where(name => string.CompareOrdinal(name, after.Name) > 0).Order(StringComparer.Ordinal).FirstOrDefault();
            if (change is null)
                return new ResourceCursor.BeforeQuestion("");
            foreach (var path in documents.Paths(ChangeId.Parse(change)))
                page.Add(Document(ChangeId.Parse(change), path));
            return new ResourceCursor.AfterChange(change);
        }

        var before = (from as ResourceCursor.BeforeQuestion)?.Id;
        var listed = questions.List(new QuestionFilter([], Cursor: string.IsNullOrEmpty(before) ? null : before, Limit: Math.Max(1, PageSize - page.Count)));
        foreach (var view in listed.Items)
            page.Add(OneQuestion(view.Question));
        return listed.NextCursor is { } next ? new ResourceCursor.BeforeQuestion(next) : null;
    }

    private static ListResourceTemplatesResult Templates(RequestContext<ListResourceTemplatesRequestParams> request)
    {
        var result = new ListResourceTemplatesResult();
        result.ResourceTemplates.Add(new ResourceTemplate
        {
            UriTemplate = ResourceAddress.QuestionTemplate,
            Name = "question",
            Title = "A question",
            Description = "One question with its answers, who gave them, and from what evidence.",
            MimeType = Json,
            Icons = [Icons.Question],
        });
        if (Callers.IsOperator(request))
        {
            result.ResourceTemplates.Add(new ResourceTemplate
            {
                UriTemplate = ResourceAddress.DocumentTemplate,
                Name = "document",
                Title = "A document of a change",
                Description = "A file in the folder of an OpenSpec change, as it is on disk: proposal.md, tasks.md, specs/CAPABILITY/spec.md, review.md, …",
                MimeType = "text/markdown",
                Icons = [Icons.Document],
            });
        }

        if (string.CompareOrdinal(request.Server.NegotiatedProtocolVersion, "2026-07-28") >= 0)
            (result.TimeToLive, result.CacheScope) = (s_templateLifetime, CacheScope.Private);
        return result;
    }

    private ReadResourceResult Read(RequestContext<ReadResourceRequestParams> request)
    {
        var uri = request.Params.Uri;
        if (Refuse(request, uri) is { } refusal)
            throw Problem(refusal, McpErrorCode.InvalidRequest);
        var contents = ResourceAddress.Parse(uri) switch
        {
            ResourceAddress.QuestionsAddress => QuestionPage(uri),
            ResourceAddress.QuestionAddress one when questions.Find(one.Id) is { } view => AsJson(uri, AnswerResult.From(view, evidence)),
            ResourceAddress.DocumentAddress document => Content(uri, document),
            _ => null,
        };
        return contents is null ? throw Missing(request, uri) : new ReadResourceResult { Contents = [contents] };
    }

    private TextResourceContents QuestionPage(string uri)
    {
        var page = questions.List(new QuestionFilter([], Limit: PageSize));
        return AsJson(uri, QuestionListResult.Of(page));
    }

    private ResourceContents? Content(string uri, ResourceAddress.DocumentAddress document)
    {
        if (documents.Read(document.Change, document.Path) is not { } bytes)
            return null;
        if (bytes.Length > documents.MaxBytes)
            throw Problem($"'{document.Path}' is larger than {documents.MaxBytes} bytes, which is the limit.", McpErrorCode.InvalidRequest);
        try
        {
            return new TextResourceContents { Uri = uri, MimeType = MimeTypeOf(document.Path), Text = s_strictUtf8.GetString(bytes.Span) };
        }
        catch (DecoderFallbackException)
        {
            return BlobResourceContents.FromBytes(bytes, uri, "application/octet-stream");
        }
    }

    private static TextResourceContents AsJson<T>(string uri, T value) => new() { Uri = uri, MimeType = Json, Text = JsonSerializer.Serialize(value, ToolResults.SerializerOptions) };

    private static Resource AllQuestions() => new()
    {
        Uri = ResourceAddress.AllQuestions,
        Name = "questions",
        Title = "All questions",
        Description = $"The newest {PageSize} questions with their answers. list_questions shows the older ones.",
        MimeType = Json,
        Icons = [Icons.Question],
        Annotations = new Annotations { Audience = [Role.User, Role.Assistant], Priority = 1 },
    };

    private static Resource OneQuestion(Question question) => new()
    {
        Uri = new ResourceAddress.QuestionAddress(question.Id).ToString(),
        Name = question.Id.Value,
        Title = question.Text.Length <= 100 ? question.Text : question.Text[..100] + "…",
        Description = $"{ToolResults.NameOf(question.Status)}, asked by {question.AskedBy}",
        MimeType = Json,
        Icons = [Icons.Question],
        Annotations = new Annotations { LastModified = question.SettledAt ?? question.AskedAt, Priority = question.Status == QuestionStatus.AwaitingHuman ? 0.8f : 0.4f },
    };

    private static Resource Document(ChangeId change, string path) => new()
    {
        Uri = new ResourceAddress.DocumentAddress(change, path).ToString(),
        Name = $"{change}/{path}",
        Title = $"{path} of {change}",
        MimeType = MimeTypeOf(path),
        Icons = [Icons.Document],
    };

    private static string MimeTypeOf(string path) => Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".md" => "text/markdown",
        ".yaml" or ".yml" => "application/yaml",
        ".json" => Json,
        _ => "text/plain",
    };

    // The revision of 2026 has no code of its own for this.
    private static McpProtocolException Missing(MessageContext request, string uri) => Problem(
        $"There is no resource '{uri}'. resources/list shows what there is; the forms are {ResourceAddress.AllQuestions}, {ResourceAddress.QuestionTemplate} and {ResourceAddress.DocumentTemplate}.",
        string.CompareOrdinal(request.Server.NegotiatedProtocolVersion, "2026-07-28") >= 0 ? McpErrorCode.InvalidParams : McpErrorCode.ResourceNotFound);

    private static McpProtocolException Problem(string message, McpErrorCode code) => new(message, code);
}
