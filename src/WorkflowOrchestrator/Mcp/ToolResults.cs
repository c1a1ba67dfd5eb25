using System.Text.Json;
using System.Text.Json.Serialization;
using ModelContextProtocol;
using Platform.Sockets;
using Workflow.Changes;
using Workflow.Documents;
using Workflow.Questions;

namespace Workflow.Mcp;

/// <summary>How tools write their results, and how they read what callers name.</summary>
internal static class ToolResults
{
    /// <summary>The server's limit on <c>wait_seconds</c>: most MCP clients give up on a call after 60 seconds.</summary>
    public const double MaxWaitSeconds = 50;

    /// <summary>Keys and enum values in snake_case; members that are null are written, because the output schema demands them.</summary>
    public static JsonSerializerOptions SerializerOptions { get; } = CreateSerializerOptions();

    /// <summary>A time in seconds as tools take it, clamped; not-a-number counts as nothing.</summary>
    public static TimeSpan Wait(double? seconds) => TimeSpan.FromSeconds(seconds is { } given && given > 0 ? Math.Min(given, MaxWaitSeconds) : 0);

    /// <summary>Finds the one question that the caller means.</summary>
    /// <exception cref="McpException">There is none, or several.</exception>
    public static QuestionId ResolveId(this IQuestions questions, string idOrEnding) => questions.Resolve(idOrEnding) switch
    {
        [var id] => id,
        [] => throw new McpException($"There is no question '{Shorten(idOrEnding)}'. list_questions shows the ids; the first or last four or more characters of one are enough."),
        _ => throw new McpException($"Several questions have ids with '{Shorten(idOrEnding)}'. Give more of the id."),
    };

    public static ChangeId ParseChange(string change) =>
        ChangeId.TryParse(change, out var id) ? id : throw new McpException($"'{Shorten(change)}' is not the name of a change. list_changes shows the names.");

    public static ChangeId? ParseChangeOrNull(string? change) => string.IsNullOrEmpty(change) ? null : ParseChange(change);

    public static UpdateId ParseUpdate(string update) =>
        UpdateId.TryParse(update, out var id) ? id : throw new McpException($"'{Shorten(update)}' is not the id of an update. list_updates shows the ids.");

    /// <summary>Reads enum names in snake_case.</summary>
    public static T ParseName<T>(string key, string name)
        where T : struct, Enum =>
        Enum.TryParse<T>(name.Replace("_", "", StringComparison.Ordinal), ignoreCase: true, out var value) && Enum.IsDefined(value) && !char.IsAsciiDigit(name[0])
            ? value
            : throw new McpException($"'{Shorten(name)}' is not a {key}. Known: {string.Join(", ", Enum.GetNames<T>().Select(JsonNamingPolicy.SnakeCaseLower.ConvertName))}.");

    public static string NameOf<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    private static string Shorten(string text) => text.Length <= 100 ? text : text[..100] + "…";

    private static JsonSerializerOptions CreateSerializerOptions()
    {
        var options = new JsonSerializerOptions(ToolCalls.SerializerOptions) { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };
        options.Converters.Insert(0, new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower));
        options.MakeReadOnly();
        return options;
    }
}
