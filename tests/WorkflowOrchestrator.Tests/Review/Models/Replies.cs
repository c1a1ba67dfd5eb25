using System.Text.Json;

namespace Workflow.Tests.Review.Models;

/// <summary>Answers of a model about a section.</summary>
internal static class Replies
{
    public const string Nothing = """{"hints":[],"findings":[]}""";

    public static string Finding(
        string quote, string category = "missing-case", string severity = "warning", int line = 2, string question = "", string[]? options = null, int chosen = -1, string reason = "Nobody can tell what happens then.") =>
        Section([], [Item(quote, category, severity, line, question, options, chosen, reason)]);

    public static string Dismiss(params int[] numbers) => Section([.. numbers.Select(n => new { n, reason = "It is fine here.", verdict = "dismiss" })], []);

    public static string Section(object[] hints, object[] findings) => JsonSerializer.Serialize(new { hints, findings });

    public static object Item(string quote, string category = "missing-case", string severity = "warning", int line = 2, string question = "", string[]? options = null, int chosen = -1, string reason = "Nobody can tell.") =>
        new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["reason"] = reason,
            ["category"] = category,
            ["severity"] = severity,
            ["line"] = line,
            ["quote"] = quote,
            ["suggestion"] = "Say it.",
            ["question"] = question,
            ["options"] = options ?? [],
            ["default"] = chosen,
        };
}
