using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using McpOrchestrator.Hosting;

namespace McpOrchestrator.Commands;

/// <summary><c>mcp-orchestrator ask</c>: puts a question to an agent.</summary>
internal static class AskCommand
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(60);

    internal static Command Create()
    {
        var question = new Argument<string>("QUESTION") { Description = "The question." };
        var agent = new Option<string>("--agent") { Description = "Id of the agent. Default: librarian.", HelpName = "ID", DefaultValueFactory = _ => "librarian" };
        var change = new Option<string?>("--change") { Description = "Id of the change that the question is about; its own documents are then no evidence.", HelpName = "CHANGE" };
        var conversation = new Option<string?>("--conversation") { Description = "Questions with the same id are one conversation.", HelpName = "ID" };
        var socket = CommonOptions.Socket();
        var json = new Option<bool>("--json") { Description = "Print the whole result of ask_agent." };
        var command = new Command("ask", "Ask an agent; exit code 1 when it does not know. Example: mcp-orchestrator ask \"How long are backups kept?\" --agent librarian") { question, agent, change, conversation, socket, json };
        command.SetAction((parsed, cancellationToken) =>
        {
            var arguments = new JsonObject { ["agent_id"] = parsed.GetValue(agent), ["question"] = parsed.GetValue(question) };
            if (parsed.GetValue(change) is { } id) arguments["context"] = new JsonObject { ["change"] = id };
            if (parsed.GetValue(conversation) is { } talk) arguments["conversation_id"] = talk;
            var isJson = parsed.GetValue(json);
            return HubClient.RunAsync(
                RunSettings.SocketFrom(parsed.GetValue(socket), Environment.GetEnvironmentVariables()), "ask_agent", arguments, s_timeout,
                result => (isJson ? result.GetRawText() : Text(result), result.GetProperty("answer").ValueKind == JsonValueKind.Null ? ExitCodes.Failed : ExitCodes.Done),
                cancellationToken);
        });
        return command;
    }

    private static string Text(JsonElement result)
    {
        var answer = result.GetProperty("answer");
        var evidence = result.GetProperty("evidence");
        var text = new StringBuilder();
        if (answer.ValueKind == JsonValueKind.Null) text.Append(CultureInfo.InvariantCulture, $"{result.GetProperty("agent_id").GetString()} does not know.{(evidence.GetArrayLength() > 0 ? " Nearest:" : "")}");
        else text.Append(CultureInfo.InvariantCulture, $"{answer.GetString()}\n({result.GetProperty("agent_id").GetString()}, confidence {result.GetProperty("confidence").GetDouble():0.##})");
        foreach (var passage in evidence.EnumerateArray())
            text.Append(CultureInfo.InvariantCulture, $"\n  {passage.GetProperty("path").GetString()}:{passage.GetProperty("line").GetInt32()}");
        return text.ToString();
    }
}
