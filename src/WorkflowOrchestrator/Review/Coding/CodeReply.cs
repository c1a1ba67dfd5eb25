using System.Text.Json;
using Workflow.Review.ModelBacked;
using Workflow.Review.Prompts;

namespace Workflow.Review.Coding;

/// <summary>The model's answer about one requirement and the changed code.</summary>
internal sealed record CodeReply(string Reason, CodeVerdict Verdict, bool Tested, IReadOnlyList<CodeFinding> Findings)
{
    public const string Schema =
        """
        {"type":"object","additionalProperties":false,"required":["reason","verdict","tested","findings"],"properties":{
        "reason":{"type":"string","maxLength":240},"verdict":{"type":"string","enum":["met","contradicted","missed","unclear"]},"tested":{"type":"string","enum":["yes","no"]},
        "findings":{"type":"array","maxItems":5,"items":{"type":"object","additionalProperties":false,"required":["reason","file","line","quote","severity"],"properties":{
        "reason":{"type":"string","maxLength":240},"file":{"type":"string","maxLength":200},"line":{"type":"integer","minimum":1,"maximum":999999},
        "quote":{"type":"string","maxLength":160},"severity":{"type":"string","enum":["error","warning","advice"]}}}}}}
        """;

    private static readonly string[] Verdicts = ["met", "contradicted", "missed", "unclear"];
    private static readonly string[] Severities = ["error", "warning", "advice"];
    private static readonly string[] YesNo = ["yes", "no"];

    /// <summary>Reads an answer.</summary>
    /// <exception cref="AnswerException">It is none.</exception>
    public static CodeReply Read(string answer)
    {
        var root = StrictJson.Parse(answer);
        StrictJson.Members(root, "reason", "verdict", "tested", "findings");
        return new CodeReply(
            StrictJson.Text(root, "reason", 240),
            Enum.Parse<CodeVerdict>(StrictJson.Choice(root, "verdict", Verdicts), ignoreCase: true),
            StrictJson.Choice(root, "tested", YesNo) == "yes",
            [.. StrictJson.Items(root, "findings", 5).Select(Finding)]);
    }

    /// <summary>The findings that stand on a line of the parts that were shown, and how many do not.</summary>
    public (IReadOnlyList<CodeFinding> Findings, int Ungrounded) Ground(IReadOnlyList<DiffHunk> shown)
    {
        var grounded = new List<CodeFinding>();
        foreach (var finding in Findings)
        {
            var lines = shown.Where(hunk => hunk.Path == finding.Path).SelectMany(hunk => hunk.Lines).Where(line => line.Kind != '-').ToArray();
            var nearest = Array.FindIndex(lines, line => line.Number >= finding.Line);
            if (QuoteFinder.Find([.. lines.Select(line => line.Text)], finding.Quote, nearest < 0 ? lines.Length : nearest + 1) is { } place)
                grounded.Add(finding with { Line = lines[place.Line - 1].Number, Quote = place.Quote });
        }

        return (grounded, Findings.Count - grounded.Count);
    }

    private static CodeFinding Finding(JsonElement item)
    {
        StrictJson.Members(item, "reason", "file", "line", "quote", "severity");
        return new CodeFinding(
            StrictJson.Text(item, "file", 400),
            StrictJson.Number(item, "line", 1, 999_999, isHint: true) ?? 1,
            StrictJson.Raw(item, "quote"),
            Enum.Parse<FindingSeverity>(StrictJson.Choice(item, "severity", Severities), ignoreCase: true),
            StrictJson.Text(item, "reason", 240));
    }
}
