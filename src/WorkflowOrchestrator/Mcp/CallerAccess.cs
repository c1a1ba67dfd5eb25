using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using Platform.Sockets;

namespace Workflow.Mcp;

/// <summary>Keeps from agents what is for operators: it is not listed, and a call is refused in words that say what to do.</summary>
internal static class CallerAccess
{
    /// <summary>The tools that everybody may call.</summary>
    public static readonly IReadOnlyList<string> AgentTools = ["ask_question", "get_answer", "list_questions"];

    /// <summary>The prompts that everybody may use.</summary>
    public static readonly IReadOnlyList<string> AgentPrompts = [Prompts.AskWell];

    // Tools and prompts change with the program and not while it runs; a client that asked a minute ago need not ask again.
    private static readonly TimeSpan s_listLifetime = TimeSpan.FromMinutes(1);

    public static void Guard(McpServerOptions options, string tokenFile)
    {
        options.Filters.Request.ListToolsFilters.Add(next => async (request, cancellationToken) =>
        {
            var result = await next(request, cancellationToken);
            if (!Callers.IsOperator(request))
                result.Tools = [.. result.Tools.Where(tool => AgentTools.Contains(tool.Name))];
            result.Tools = [.. result.Tools.OrderBy(tool => tool.Name, StringComparer.Ordinal)];
            Keep(request, result);
            return result;
        });
        options.Filters.Request.CallToolFilters.Add(next => (request, cancellationToken) =>
            request.MatchedPrimitive is McpServerTool tool && !AgentTools.Contains(tool.ProtocolTool.Name) && !Callers.IsOperator(request)
                ? ValueTask.FromResult(ToolCalls.Error(Refusal($"The tool '{tool.ProtocolTool.Name}'", tokenFile) + $" You can use {string.Join(", ", AgentTools)}."))
                : next(request, cancellationToken));
        options.Filters.Request.ListPromptsFilters.Add(next => async (request, cancellationToken) =>
        {
            var result = await next(request, cancellationToken);
            if (!Callers.IsOperator(request))
                result.Prompts = [.. result.Prompts.Where(prompt => AgentPrompts.Contains(prompt.Name))];
            Keep(request, result);
            return result;
        });
        options.Filters.Request.GetPromptFilters.Add(next => (request, cancellationToken) =>
            request.MatchedPrimitive is McpServerPrompt prompt && !AgentPrompts.Contains(prompt.ProtocolPrompt.Name) && !Callers.IsOperator(request)
                ? throw new McpProtocolException(Refusal($"The prompt '{prompt.ProtocolPrompt.Name}'", tokenFile), McpErrorCode.InvalidRequest)
                : next(request, cancellationToken));
    }

    /// <summary>Why something is refused, and what to do about it.</summary>
    public static string Refusal(string what, string tokenFile) =>
        $"{what} is for operators, and you are connected as an agent. If you act for a person: over HTTP send the header 'Authorization: Bearer TOKEN' with the token from {tokenFile}; "
        + "over stdio start 'wo mcp' without --agent, from a process that the MCP Orchestrator did not start.";

    // How long a list may be kept is said since 2026-07-28; earlier revisions know no such member.
    private static void Keep(MessageContext request, ICacheableResult result)
    {
        if (string.CompareOrdinal(request.Server.NegotiatedProtocolVersion, "2026-07-28") < 0)
            return;
        result.TimeToLive ??= s_listLifetime;
        result.CacheScope ??= CacheScope.Private;
    }
}
