using System.Globalization;
using System.Text;
using System.Text.Json;
using Workflow.Feedback.Analyses;
using Workflow.Review.Prompts;

namespace Workflow.Feedback.Explaining;

/// <summary>What a model says about one insight.</summary>
/// <param name="Number">The insight, from 1.</param>
/// <param name="Explanation">Why it matters.</param>
internal sealed record ExplainedInsight(int Number, string Explanation);

/// <summary>Writes insights for a model and reads what it says of them. Pure.</summary>
internal static class InsightReply
{
    public const int MaxInsights = 8;

    public const string Schema =
        """
        {"type":"object","additionalProperties":false,"required":["insights"],"properties":{"insights":{"type":"array","maxItems":8,"items":{"type":"object",
        "additionalProperties":false,"required":["n","explanation"],"properties":{"n":{"type":"integer","minimum":1,"maximum":8},"explanation":{"type":"string","maxLength":240}}}}}}
        """;

    private const int LongestExplanation = 240;
    private const int LongestSummary = 300;
    private const int MostFacts = 8;

    /// <summary>The insights with their evidence, numbered from 1.</summary>
    public static string Write(IReadOnlyList<Insight> insights)
    {
        var text = new StringBuilder();
        for (var i = 0; i < insights.Count; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{i + 1}. {insights[i].Analysis} {insights[i].Kind} {StrictJson.Line(insights[i].Subject, 100)}: {StrictJson.Line(insights[i].Summary, LongestSummary)}\n");
            foreach (var fact in insights[i].Evidence.Take(MostFacts))
                text.Append(string.Create(CultureInfo.InvariantCulture, $"- {StrictJson.Line(fact.Name, 60)}: {fact.Value:0.###} {fact.Unit}").TrimEnd()).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>Reads an answer; an insight that is named twice counts where it is named first.</summary>
    /// <exception cref="AnswerException">It is none.</exception>
    public static IReadOnlyList<ExplainedInsight> Read(string answer, int count)
    {
        var root = StrictJson.Parse(answer);
        StrictJson.Members(root, "insights");
        return [.. StrictJson.Items(root, "insights", MaxInsights).Select(item => One(item, count)).DistinctBy(item => item.Number)];
    }

    private static ExplainedInsight One(JsonElement item, int count)
    {
        StrictJson.Members(item, "n", "explanation");
        return new ExplainedInsight(StrictJson.Number(item, "n", 1, count)!.Value, StrictJson.Text(item, "explanation", LongestExplanation));
    }
}
