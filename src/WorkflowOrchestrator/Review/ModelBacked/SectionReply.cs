using System.Text.Json;
using Workflow.Review.Prompts;

namespace Workflow.Review.ModelBacked;

/// <summary>A problem as the model says it; nothing of it has been compared with the text yet.</summary>
internal sealed record ModelFinding(string Category, FindingSeverity Severity, int? Line, string Quote, string Reason, string Suggestion, FindingQuestion? Question);

/// <summary>The model's answer about one section.</summary>
/// <param name="Dismissed">Numbers of the hints that it finds harmless, with its reason.</param>
/// <param name="Confirmed">Numbers of those that it finds to be problems.</param>
/// <param name="Findings">Its own findings.</param>
internal sealed record SectionReply(IReadOnlyDictionary<int, string> Dismissed, IReadOnlySet<int> Confirmed, IReadOnlyList<ModelFinding> Findings)
{
    /// <summary>
    /// What engines enforce while the model writes: closed objects, enums, bounds on whole numbers and arrays, short strings; no pattern, no
    /// reference, no condition, depth 3 (measured: other keywords are ignored or break the grammar).
    /// </summary>
    public const string Schema =
        """
        {"type":"object","additionalProperties":false,"required":["hints","findings"],"properties":{
        "hints":{"type":"array","maxItems":8,"items":{"type":"object","additionalProperties":false,"required":["n","reason","verdict"],"properties":{
        "n":{"type":"integer","minimum":1,"maximum":8},"reason":{"type":"string","maxLength":160},"verdict":{"type":"string","enum":["confirm","dismiss"]}}}},
        "findings":{"type":"array","maxItems":5,"items":{"type":"object","additionalProperties":false,
        "required":["reason","category","severity","line","quote","suggestion","question","options","default"],"properties":{
        "reason":{"type":"string","maxLength":240},
        "category":{"type":"string","enum":["ambiguity","missing-case","contradiction","untestable","incomplete","inconsistent-term"]},
        "severity":{"type":"string","enum":["warning","advice"]},"line":{"type":"integer","minimum":1,"maximum":9999},"quote":{"type":"string","maxLength":160},
        "suggestion":{"type":"string","maxLength":240},"question":{"type":"string","maxLength":240},
        "options":{"type":"array","maxItems":4,"items":{"type":"string","maxLength":120}},"default":{"type":"integer","minimum":-1,"maximum":3}}}}}}
        """;

    public const int MaxHints = 8;

    private const int MaxFindings = 5;

    private static readonly string[] Verdicts = ["confirm", "dismiss"];
    private static readonly string[] Severities = ["warning", "advice"];
    private static readonly string[] Categories = ["ambiguity", "missing-case", "contradiction", "untestable", "incomplete", "inconsistent-term"];

    /// <summary>Reads an answer.</summary>
    /// <exception cref="AnswerException">It is none.</exception>
    public static SectionReply Read(string answer)
    {
        var root = StrictJson.Parse(answer);
        StrictJson.Members(root, "hints", "findings");
        var dismissed = new Dictionary<int, string>();
        var confirmed = new HashSet<int>();
        foreach (var hint in StrictJson.Items(root, "hints", MaxHints))
        {
            StrictJson.Members(hint, "n", "reason", "verdict");
            var reason = StrictJson.Text(hint, "reason", 160);
            var number = StrictJson.Number(hint, "n", 1, MaxHints)!.Value;
            if (StrictJson.Choice(hint, "verdict", Verdicts) == "dismiss")
                dismissed[number] = reason;
            else
                confirmed.Add(number);
        }

        return new SectionReply(dismissed, confirmed, [.. StrictJson.Items(root, "findings", MaxFindings).Select(Finding)]);
    }

    private static ModelFinding Finding(JsonElement item)
    {
        StrictJson.Members(item, "reason", "category", "severity", "line", "quote", "suggestion", "question", "options", "default");
        var category = StrictJson.Choice(item, "category", Categories);
        return new ModelFinding(
            category,
            StrictJson.Choice(item, "severity", Severities) == "warning" ? FindingSeverity.Warning : FindingSeverity.Advice,
            StrictJson.Number(item, "line", 1, 9999, isHint: true),
            StrictJson.Raw(item, "quote"),
            StrictJson.Text(item, "reason", 240),
            StrictJson.Text(item, "suggestion", 240),
            Question(item, category));
    }

    private static FindingQuestion? Question(JsonElement item, string category)
    {
        var text = StrictJson.Text(item, "question", 240);
        var options = new List<string>();
        foreach (var option in StrictJson.Items(item, "options", 4))
        {
            if (option.ValueKind != JsonValueKind.String)
                throw new AnswerException("\"options\" must hold strings.");
            if (StrictJson.Line(option.GetString()!, 120) is { Length: > 0 } line && !options.Contains(line, StringComparer.OrdinalIgnoreCase))
                options.Add(line);
        }

        var chosen = StrictJson.Number(item, "default", -1, 3)!.Value;
        if (text.Length < 10)
            return null;
        return new FindingQuestion(text, options.Count > 1 ? options : [], options.Count > 1 && chosen >= 0 && chosen < options.Count ? options[chosen] : null) { Cause = CauseOf(category) };
    }

    private static QuestionCause CauseOf(string category) => category switch
    {
        "missing-case" => QuestionCause.Failure,
        "untestable" => QuestionCause.Outcome,
        "incomplete" => QuestionCause.Value,
        "contradiction" => QuestionCause.Condition,
        _ => QuestionCause.Scope,
    };
}
