using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Logging;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Platform.Sockets;

/// <summary>What all tools of a server share: readable errors, and results that agree with their schema.</summary>
public static partial class ToolCalls
{
    /// <summary>
    /// Serializer options for tools: members that are null are written. The SDK's default leaves them out while the output schema demands them,
    /// and strict clients then reject the result.
    /// </summary>
    public static JsonSerializerOptions SerializerOptions { get; } = CreateSerializerOptions();

    /// <summary>
    /// Answers bad arguments and failed tools with <c>isError</c> results that say what is wrong; without it the SDK says "An error occurred"
    /// and nothing more. A <see cref="McpException"/> is the tool's own message to the caller; any other exception is a fault of ours, logged here.
    /// </summary>
    public static void AnswerErrorsReadably(McpServerOptions options, ILoggerFactory loggerFactory)
    {
        var logger = loggerFactory.CreateLogger(typeof(ToolCalls).FullName!);
        options.Filters.Request.CallToolFilters.Add(next => async (context, cancellationToken) =>
        {
            var name = context.Params?.Name ?? "";
            if (context.MatchedPrimitive is McpServerTool tool && ToolArguments.FindProblem(tool.ProtocolTool.InputSchema, context.Params?.Arguments) is { } problem)
                return Error(problem);
            try
            {
                return await next(context, cancellationToken);
            }
            catch (McpException e) when (e is not McpProtocolException)
            {
                return Error(e.Message);
            }
            catch (Exception e) when (e is not (OperationCanceledException or McpException or InputRequiredException))
            {
                LogToolFailed(logger, e, name);
                return Error($"The tool '{name}' failed with an internal error ({e.GetType().Name}); the server's log has the details.");
            }
        });
    }

    /// <summary>A result that tells the caller what went wrong, in words that it can act on.</summary>
    public static CallToolResult Error(string message) => new() { IsError = true, Content = [new TextContentBlock { Text = message }] };

    private static JsonSerializerOptions CreateSerializerOptions()
    {
        var options = new JsonSerializerOptions(McpJsonUtilities.DefaultOptions) { DefaultIgnoreCondition = JsonIgnoreCondition.Never };
        options.MakeReadOnly();
        return options;
    }

    [LoggerMessage(EventId = 1121, Level = LogLevel.Error, Message = "The tool {Tool} failed")]
    private static partial void LogToolFailed(ILogger logger, Exception exception, string tool);
}
