using System.Text.Json;
using McpOrchestrator.Agents.Configuration;
using McpOrchestrator.Services;
using Microsoft.Extensions.Logging;
using ModelContextProtocol.Protocol;
using Platform.Sockets;

namespace McpOrchestrator.Agents.Tools;

/// <summary>One tool of an MCP server answers. The server is kept connected; a child process that dies is started again, with growing pauses.</summary>
internal sealed class ToolAgent : IAgent
{
    private readonly AgentDefinition.Tool _definition;
    private readonly string _root;
    private readonly RepositoryQuotes _quotes;
    private readonly McpLink _link;
    private readonly Heartbeat _heartbeat;
    private IReadOnlyList<Tool> _tools = [];
    private int _connections;

    internal ToolAgent(AgentDefinition.Tool definition, string root, ILoggerFactory loggerFactory, TimeProvider timeProvider)
    {
        _definition = definition;
        _root = root;
        _quotes = new RepositoryQuotes(root);
        _link = new McpLink(
            ToolConnections.For(definition, root, loggerFactory, timeProvider),
            async (client, token) =>
            {
                Volatile.Write(ref _tools, await client.ListToolsAsync(token));
                Interlocked.Increment(ref _connections);
            },
            loggerFactory,
            timeProvider);
        _heartbeat = new Heartbeat(definition.Profile.Id, _link, tools => Volatile.Write(ref _tools, tools), timeProvider, loggerFactory.CreateLogger<Heartbeat>());
    }

    public AgentProfile Profile => _definition.Profile;

    public AgentCondition Condition => new(Problem(), Math.Max(0, Volatile.Read(ref _connections) - 1));

    public Task RunAsync(CancellationToken stoppingToken) => Task.WhenAll(_link.RunAsync(stoppingToken), _heartbeat.RunAsync(stoppingToken));

    public async Task<AgentAnswer> AskAsync(AgentQuestion question, CancellationToken cancellationToken)
    {
        var tool = Find() ?? throw new AgentFaultException(Problem() ?? "its tool is gone");
        var arguments = ArgumentMap.Fill(_definition.Arguments, tool.InputSchema, question, _root);
        var given = arguments.ToDictionary(a => a.Key, a => JsonSerializer.SerializeToElement(a.Value), StringComparer.Ordinal);
        if (ToolArguments.FindProblem(tool.InputSchema, given) is { } problem)
            throw new AgentFaultException($"the question does not fit the tool '{tool.Name}': {problem} Correct 'map' in the configuration, or give what it needs in the context.");
        return await _link.CallToolAsync(tool.Name, arguments, _definition.Limits.Timeout, cancellationToken) switch
        {
            CallOutcome.Answered answered => Read(answered),
            CallOutcome.Failed failed => throw new AgentFaultException($"the tool '{tool.Name}' reports: {AnswerCleaner.Plain(failed.Message, 1000)}"),
            CallOutcome.Lost lost => throw new AgentFaultException($"its server was lost: {lost.Reason}"),
            var other => throw new AgentFaultException($"the tool '{tool.Name}': {other.Summary}"),
        };
    }

    private AgentAnswer Read(CallOutcome.Answered answered)
    {
        if (answered.Structured is { } json && AnswerJson.Read(json, _definition.Confidence, _quotes) is { } answer) return answer;
        var text = string.Join('\n', answered.Result.Content.OfType<TextContentBlock>().Select(t => t.Text));
        if (string.IsNullOrWhiteSpace(text)) text = answered.Result.StructuredContent is { } structured ? structured.GetRawText() : "";
        return string.IsNullOrWhiteSpace(text) ? new AgentAnswer(null, 0, []) : new AgentAnswer(text, _definition.Confidence, []);
    }

    private Tool? Find() => Volatile.Read(ref _tools).FirstOrDefault(t => t.Name == _definition.ToolName);

    private string? Problem()
    {
        if (_link.State is LinkState.Disconnected lost) return $"its server cannot be reached: {lost.LastError ?? "not connected yet"}";
        return Find() is null ? $"its server has no tool '{_definition.ToolName}'. It has: {string.Join(", ", Volatile.Read(ref _tools).Select(t => t.Name).Take(20))}." : null;
    }
}
