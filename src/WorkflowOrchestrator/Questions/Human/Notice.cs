using System.Text.Json;
using System.Text.Json.Serialization;

namespace Workflow.Questions.Human;

/// <summary>How a notice is sent. Stored by name.</summary>
internal enum NoticeChannel
{
    /// <summary>A program on this machine.</summary>
    Command,

    /// <summary>An HTTP POST to the configured address.</summary>
    Webhook,
}

/// <summary>One question in a notice: enough to know what it is about, not what stands in the repository.</summary>
internal sealed record NoticeQuestion(
    [property: JsonPropertyName("id")] string Id, [property: JsonPropertyName("change")] string? Change, [property: JsonPropertyName("question")] string Question);

/// <summary>What the person is told outside of this program.</summary>
/// <param name="Repository">Name of the repository's folder, without its path.</param>
/// <param name="Count">How many questions are new.</param>
/// <param name="Questions">The first of them.</param>
internal sealed record NoticeBody(
    [property: JsonPropertyName("repository")] string Repository,
    [property: JsonPropertyName("count")] int Count,
    [property: JsonPropertyName("questions")] IReadOnlyList<NoticeQuestion> Questions)
{
    private const int MaxQuestions = 5;
    private const int MaxLength = 300;

    [JsonIgnore]
    public string Title => Count == 1 ? $"{Repository}: a question waits for you" : $"{Repository}: {Count} questions wait for you";

    [JsonIgnore]
    public string Text => string.Join('\n', Questions.Select(question => question.Question)) + (Count > Questions.Count ? $"\nand {Count - Questions.Count} more: wo questions" : "");

    /// <summary>Writes down what is new. Long questions are cut: a notice leaves this program, and may leave this machine.</summary>
    public static NoticeBody For(string repository, IReadOnlyList<Question> questions) => new(
        OneLine(repository),
        questions.Count,
        [.. questions.Take(MaxQuestions).Select(question => new NoticeQuestion(question.Id.Value, question.ChangeId?.Value, OneLine(question.Text)))]);

    public static NoticeBody Parse(string json) => JsonSerializer.Deserialize<NoticeBody>(json) ?? throw new JsonException("A notice without a body.");

    // Control characters would let a question forge lines of the notice.
    private static string OneLine(string text)
    {
        var line = PassageHash.Collapse(string.Concat(text.Where(character => !char.IsControl(character) || char.IsWhiteSpace(character))));
        if (line.Length <= MaxLength)
            return line;
        var end = char.IsHighSurrogate(line[MaxLength - 1]) ? MaxLength - 1 : MaxLength;
        return line[..end] + "…";
    }
}

/// <summary>A notice that is on its way.</summary>
/// <param name="Attempts">How often it was tried.</param>
internal sealed record Notice(long Id, NoticeChannel Channel, NoticeBody Body, int Attempts);
