using Workflow.Review.Prompts;

namespace Workflow.Documents.Drafting;

/// <summary>Reads what the model writes for a requirement: plain text between two lines.</summary>
internal static class BlockText
{
    public const string Begin = "-----BEGIN NEW TEXT-----";
    public const string End = "-----END NEW TEXT-----";

    /// <summary>The text between the lines, LF line ends, without blank lines around it.</summary>
    /// <exception cref="AnswerException">There is none.</exception>
    public static string Read(string answer)
    {
        if (answer.Length > StrictJson.LongestAnswer)
            throw new AnswerException($"The answer is longer than {StrictJson.LongestAnswer} characters.");
        var lines = answer.ReplaceLineEndings("\n").Split('\n').ToList();
        var begin = lines.FindIndex(line => line.Trim() == Begin);
        var end = lines.FindLastIndex(line => line.Trim() == End);
        if (begin < 0 || end <= begin)
            throw new AnswerException($"The text must stand between the lines {Begin} and {End}.");
        var text = string.Join('\n', lines.Skip(begin + 1).Take(end - begin - 1).Select(line => line.TrimEnd())).Trim('\n', ' ');
        return text.StartsWith("### Requirement:", StringComparison.Ordinal) ? text : throw new AnswerException("The text must begin with the header line of the requirement.");
    }
}

/// <summary>What the check call says about a new text.</summary>
/// <param name="Reason">The most important difference.</param>
/// <param name="Added">What is demanded newly; empty when nothing.</param>
/// <param name="Lost">What is no longer demanded; empty when nothing.</param>
/// <param name="Verdict"><c>keeps</c>, <c>changes</c> or <c>unsure</c>.</param>
internal sealed record IntentCheck(string Reason, string Added, string Lost, string Verdict)
{
    public const string Schema =
        """
        {"type":"object","additionalProperties":false,"required":["reason","added","lost","verdict"],"properties":{
        "reason":{"type":"string","maxLength":240},"added":{"type":"string","maxLength":240},"lost":{"type":"string","maxLength":240},
        "verdict":{"type":"string","enum":["keeps","changes","unsure"]}}}
        """;

    private static readonly string[] Verdicts = ["keeps", "changes", "unsure"];

    /// <summary>Why the text may not be written; null when it keeps the intent.</summary>
    public string? Refusal => (Verdict, Added, Lost) switch
    {
        ("keeps", "", "") => null,
        (_, { Length: > 0 }, _) => $"it would add: {Added}",
        (_, _, { Length: > 0 }) => $"it would lose: {Lost}",
        _ => $"whether it keeps the intent is not certain: {Reason}",
    };

    /// <summary>Reads an answer.</summary>
    /// <exception cref="AnswerException">It is none.</exception>
    public static IntentCheck Read(string answer)
    {
        var root = StrictJson.Parse(answer);
        StrictJson.Members(root, "reason", "added", "lost", "verdict");
        return new IntentCheck(StrictJson.Text(root, "reason", 240), StrictJson.Text(root, "added", 240), StrictJson.Text(root, "lost", 240), StrictJson.Choice(root, "verdict", Verdicts));
    }
}
