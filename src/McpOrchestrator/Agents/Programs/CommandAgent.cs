using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Nodes;
using McpOrchestrator.Agents.Configuration;
using Platform.Processes;

namespace McpOrchestrator.Agents.Programs;

/// <summary>
/// A local program answers: started for each question without a shell, it reads the question as one JSON object and writes the answer as one.
/// Its time, its output and its environment are limited.
/// </summary>
internal sealed class CommandAgent(AgentDefinition.Command definition, string root) : IAgent
{
    private const int LongestError = 300;

    private readonly RepositoryQuotes _quotes = new(root);

    public AgentProfile Profile => definition.Profile;

    public AgentCondition Condition => ProgramEnvironment.Exists(definition.Program, root)
        ? AgentCondition.Usable
        : new AgentCondition($"the program '{definition.Program.FileName}' is not there, or may not be run. Install it, or correct 'command' in the configuration.");

    public async Task<AgentAnswer> AskAsync(AgentQuestion question, CancellationToken cancellationToken)
    {
        var result = await RunAsync(Call(question), cancellationToken);
        if (result.TimedOut) throw new AgentFaultException($"'{definition.Program.FileName}' was stopped after {definition.Limits.Timeout.TotalSeconds:0} seconds");
        if (result.ExitCode != 0) throw new AgentFaultException($"'{definition.Program.FileName}' ended with exit code {result.ExitCode}{Said(result.Error)}");
        if (result.Output.Length >= definition.MaxOutputBytes) throw new AgentFaultException($"'{definition.Program.FileName}' wrote more than {definition.MaxOutputBytes} bytes");
        return Parse(result.Output);
    }

    private static async Task<ChildProcessResult> RunAsync(ChildProcessCall call, CancellationToken cancellationToken)
    {
        try
        {
            return await ChildProcess.RunAsync(call, cancellationToken);
        }
        catch (Win32Exception e)
        {
            throw new AgentFaultException($"'{call.FileName}' could not be started: {e.Message}", e);
        }
    }

    private ChildProcessCall Call(AgentQuestion question)
    {
        var program = definition.Program;
        return new ChildProcessCall(ProgramEnvironment.FileName(program, root), program.Arguments, Path.GetFullPath(program.Folder, root), definition.Limits.Timeout)
        {
            Input = Json(question) + "\n",
            Environment = ProgramEnvironment.Set(program),
            DropVariable = name => ProgramEnvironment.IsDropped(program, name),
            MaxOutputBytes = definition.MaxOutputBytes,
        };
    }

    private string Json(AgentQuestion question) => new JsonObject
    {
        ["question"] = question.Text,
        ["change"] = question.Context.Change,
        ["capability"] = question.Context.Capability,
        ["context"] = question.Context.Hint,
        ["conversation_id"] = question.ConversationId,
        ["repository"] = root,
    }.ToJsonString();

    private AgentAnswer Parse(string output)
    {
        try
        {
            using var json = JsonDocument.Parse(output);
            if (AnswerJson.Read(json.RootElement, definition.Confidence, _quotes) is { } answer) return answer;
        }
        catch (JsonException)
        {
            // Told below, in words for whoever wrote the program.
        }

        throw new AgentFaultException($"'{definition.Program.FileName}' did not write an object such as {{\"answer\": \"…\", \"confidence\": 0.8, \"evidence\": []}}");
    }

    private static string Said(string error)
    {
        var last = error.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault("");
        return last.Length == 0 ? "" : $": {AnswerCleaner.Plain(last, LongestError)}";
    }
}
