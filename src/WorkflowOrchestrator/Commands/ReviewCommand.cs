using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Workflow.Hosting;

namespace Workflow.Commands;

/// <summary><c>wo review CHANGE [--diff RANGE]</c>: exit code 0 when nothing is wrong, 1 when there are errors or the code misses or contradicts a requirement.</summary>
internal static class ReviewCommand
{
    // A model takes its time.
    private static readonly TimeSpan Wait = TimeSpan.FromMinutes(30);

    public static Command Create()
    {
        var json = CommonOptions.Json();
        var change = new Argument<string>("change") { Description = "Name of the change." };
        var diff = new Option<string?>("--diff") { Description = "Check the code of these commits against the change's requirements, as git diff RANGE shows it.", HelpName = "RANGE" };
        var command = new Command("review", "Review a change now, and code against it; nothing is stored or written. Example: wo review add-search --diff main...HEAD") { change, diff, json };
        command.SetAction((result, cancellationToken) => DaemonCommand.RunAsync(
            result,
            async daemon =>
            {
                var arguments = new JsonObject { ["change"] = result.GetValue(change) };
                if (result.GetValue(diff) is { } range)
                    arguments["diff"] = range;
                var review = await daemon.CallAsync("review_change", arguments, Wait);
                if (result.GetValue(json))
                    DaemonCommand.PrintJson(review);
                else
                    ForPeople(review);
                return HasFaults(review) ? ExitCodes.Failed : ExitCodes.Done;
            },
            cancellationToken));
        return command;
    }

    private static bool HasFaults(JsonElement review) =>
        review.Items("findings").Any(finding => finding.Text("severity") == "error" && finding.Text("status") == "open")
        || (review.TryGetProperty("code", out var code) && code.ValueKind == JsonValueKind.Object
            && code.Items("requirements").Any(check => check.Text("verdict") is "missed" or "contradicted" || check.Items("findings").Any(finding => finding.Text("severity") == "error")));

    private static void ForPeople(JsonElement review)
    {
        var why = review.Text("fallback") is { Length: > 0 } fallback ? $" ({fallback})" : "";
        Console.WriteLine($"{review.Text("change")}: reviewed by {review.Text("reviewer")}{why}");
        foreach (var finding in review.Items("findings").Where(finding => finding.Text("status") == "open"))
        {
            Console.WriteLine($"  {finding.Text("severity")} {finding.Text("rule")} {finding.Text("path")}{(finding.Text("line") is { Length: > 0 } line ? ":" + line : "")}");
            Console.WriteLine($"    {finding.Text("message")}");
            if (finding.Text("quote") is { Length: > 0 } quote)
                Console.WriteLine($"    > {Print.FirstLine(quote.Trim(), 160)}");
        }

        foreach (var question in review.Items("questions"))
            Console.WriteLine($"  question: {question.Text("question")}");
        if (review.TryGetProperty("code", out var code) && code.ValueKind == JsonValueKind.Object)
            Code(code);
        else if (review.Text("tasks_done") is { Length: > 0 } done && done != "0")
            Console.WriteLine($"  {done} of {review.Text("tasks_all")} tasks are ticked: wo review {review.Text("change")} --diff main...HEAD checks the code against the requirements");
    }

    private static void Code(JsonElement code)
    {
        Console.WriteLine();
        var why = code.Text("fallback") is { Length: > 0 } fallback ? $" ({fallback})" : "";
        Console.WriteLine($"code: {code.Text("files")} files{why}");
        foreach (var check in code.Items("requirements"))
        {
            var tested = check.TryGetProperty("tested", out var value) && value.ValueKind == JsonValueKind.True ? "tested" : "untested";
            Console.WriteLine($"  {check.Text("verdict")}, {tested} [{check.Text("reviewer")}] {check.Text("capability")}: {check.Text("requirement")}");
            Console.WriteLine($"    {check.Text("reason")}{string.Concat(check.Items("evidence").Take(3).Select(place => " " + place.GetString()))}");
            foreach (var scenario in check.Items("untested_scenarios"))
                Console.WriteLine($"    no changed test for scenario: {scenario.GetString()}");
            foreach (var finding in check.Items("findings"))
            {
                Console.WriteLine($"    {finding.Text("severity")} {finding.Text("path")}:{finding.Text("line")} {finding.Text("message")}");
                Console.WriteLine($"      > {Print.FirstLine(finding.Text("quote").Trim(), 160)}");
            }
        }
    }
}
