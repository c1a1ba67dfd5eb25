using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using Platform.Sockets;

namespace McpOrchestrator.Services;

/// <summary>A registered service's tool, offered here under its own name. A call is passed on once and never repeated.</summary>
internal sealed class ProxyTool(RegisteredService service, Tool tool) : McpServerTool
{
    // Tools of ours wait at most 50 seconds (wait_seconds); clients give up after 60.
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(58);

    internal RegisteredService Service => service;

    public override Tool ProtocolTool => tool;

    public override IReadOnlyList<object> Metadata => [];

    public override async ValueTask<CallToolResult> InvokeAsync(RequestContext<CallToolRequestParams> request, CancellationToken cancellationToken = default)
    {
        var arguments = new JsonObject();
        foreach (var (name, value) in request.Params?.Arguments ?? new Dictionary<string, JsonElement>()) arguments[name] = JsonSerializer.SerializeToNode(value);
        var owner = service.Registration.Name;
        return await service.CallAsync(tool.Name, arguments, s_timeout, cancellationToken) switch
        {
            CallOutcome.Answered answered => answered.Result,
            CallOutcome.Failed failed => ToolCalls.Error(failed.Message),
            CallOutcome.Lost { MayHaveRun: true } lost => ToolCalls.Error($"The service '{owner}' was lost while it ran '{tool.Name}' ({lost.Reason}). It may have had an effect; look before you repeat it."),
            CallOutcome.Lost lost => ToolCalls.Error($"The service '{owner}', which offers '{tool.Name}', cannot be reached: {lost.Reason}. Nothing was done."),
            CallOutcome.TimedOut timedOut => ToolCalls.Error($"The service '{owner}' gave no answer to '{tool.Name}' within {timedOut.After.TotalSeconds:0} seconds."),
            var other => ToolCalls.Error($"The service '{owner}' did not take the call: {other.Summary}"),
        };
    }
}
