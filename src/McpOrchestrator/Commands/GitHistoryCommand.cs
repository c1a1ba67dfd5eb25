using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using McpOrchestrator.Agents.Programs;
using McpOrchestrator.Hosting;

namespace McpOrchestrator.Commands;

/// <summary><c>mcp-orchestrator git-history</c>: the program of a command agent that answers from the repository's commits.</summary>
internal static class GitHistoryCommand
{
    private const int LongestInput = 256 * 1024; // characters

    internal static Command Create()
    {
        var command = new Command(
            "git-history",
            "Answer a question from the repository's commits; for an agent of kind command. Reads {\"question\", \"repository\"} and writes {\"answer\", \"confidence\"} as JSON. Example: echo '{\"question\":\"When was the search limit changed?\"}' | mcp-orchestrator git-history");
        command.SetAction((_, cancellationToken) => RunAsync(cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var buffer = new char[LongestInput];
        var length = await Console.In.ReadBlockAsync(buffer, cancellationToken);
        if (Read(new string(buffer, 0, length)) is not var (question, repository))
        {
            await Console.Error.WriteLineAsync("Expected one JSON object with \"question\" on standard input.");
            return ExitCodes.WrongUsage;
        }

        var (answer, problem) = await GitHistory.AskAsync(question, repository ?? Directory.GetCurrentDirectory(), cancellationToken);
        if (problem is not null)
        {
            await Console.Error.WriteLineAsync(problem);
            return ExitCodes.Failed;
        }

        Console.WriteLine(new JsonObject { ["answer"] = answer?.Text, ["confidence"] = answer?.Confidence ?? 0, ["evidence"] = new JsonArray() }.ToJsonString());
        return ExitCodes.Done;
    }

    private static (string Question, string? Repository)? Read(string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            var root = json.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("question", out var question) || question.ValueKind != JsonValueKind.String) return null;
            var repository = root.TryGetProperty("repository", out var folder) && folder.ValueKind == JsonValueKind.String ? folder.GetString() : null;
            return (question.GetString()!, repository);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
