using System.Globalization;
using System.Text.Json;

namespace Workflow.Commands;

/// <summary>Questions as people read them.</summary>
internal static class QuestionOutput
{
    /// <summary>What waits for the person: now in full, the rest in one line each.</summary>
    public static void Inbox(IReadOnlyList<JsonElement> now, IReadOnlyList<JsonElement> later)
    {
        if (now.Count == 0)
            Console.WriteLine(later.Count == 0 ? "No questions." : "No questions for now.");
        foreach (var entry in now)
        {
            Question(entry.GetProperty("question"));
            if (entry.Number("shared_by") is var others and > 0)
                Console.WriteLine($"  (asked {others + 1} times in other words; one answer serves all)");
        }

        if (later.Count > 0)
            Console.WriteLine($"{later.Count} more wait{(later.Count == 1 ? "s" : "")} for {(later.Count == 1 ? "its" : "their")} turn:");
        foreach (var entry in later)
            Console.WriteLine($"  {entry.GetProperty("question").Text("question_id")} until {LocalTime(entry.Text("until"))} ({entry.Text("reason")}): {Line(entry.GetProperty("question").Text("question"))}");
    }

    public static void All(IReadOnlyList<JsonElement> questions)
    {
        if (questions.Count == 0)
            Console.WriteLine("No questions.");
        foreach (var question in questions)
            Question(question);
    }

    private static void Question(JsonElement question)
    {
        Console.WriteLine($"{question.Text("question_id")} [{question.Text("status")}] {question.Text("change")}");
        Console.WriteLine($"  {Line(question.Text("question"))}");
        foreach (var (index, option) in question.Items("options").Index())
            Console.WriteLine($"  {index + 1}. {Line(option.GetString() ?? "")}");
        if (question.Text("answer") is { Length: > 0 } answer)
            Console.WriteLine($"  = {Line(answer)} ({question.Text("answered_by")})");
        else if (question.Text("end_reason") is { Length: > 0 } reason)
            Console.WriteLine($"  - {Line(reason)}");
        else
            Alternatives(question);
    }

    // What agents said without being sure enough, or against each other: it helps to decide.
    private static void Alternatives(JsonElement question)
    {
        foreach (var alternative in question.Items("alternatives"))
            Console.WriteLine($"  ? {Line(alternative.Text("answer"))} ({alternative.Text("answered_by")}, {alternative.GetProperty("confidence").GetDouble().ToString("0%", CultureInfo.InvariantCulture)} sure)");
    }

    private static string Line(string text) => text.ReplaceLineEndings(" ");

    private static string LocalTime(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out var at) ? at.ToLocalTime().ToString("ddd HH:mm", CultureInfo.InvariantCulture) : text;
}
