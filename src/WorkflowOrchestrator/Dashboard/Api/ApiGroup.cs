using ModelContextProtocol;
using Workflow.Hosting;
using Workflow.Mcp;

namespace Workflow.Dashboard.Api;

/// <summary>What all endpoints under <c>/api</c> have in common: callers by their token, JSON with the keys of the MCP tools, refusals as <c>{"error"}</c>.</summary>
internal static class ApiGroup
{
    public const string Root = "/api";

    /// <summary>Names the callers; once, before the endpoints.</summary>
    public static void UseApiCallers(this WebApplication app)
    {
        var token = app.Services.GetRequiredService<OperatorToken>();
        app.UseWhen(context => context.Request.Path.StartsWithSegments(Root), branch => branch.UseCallers(token));
    }

    /// <summary>Endpoints below a path that everybody on this machine may read.</summary>
    public static RouteGroupBuilder MapApi(this WebApplication app, string path) => app.MapGroup(Root + path).AddEndpointFilter(AnswerErrorsAsync);

    /// <summary>Endpoints that change something and need the token.</summary>
    public static RouteGroupBuilder MapChanging(this RouteGroupBuilder group, string path) => group.MapGroup(path).AddEndpointFilter(RequireOperatorAsync);

    public static IResult Json<T>(T value, int status = StatusCodes.Status200OK) => Results.Json(value, ToolResults.SerializerOptions, statusCode: status);

    private static async ValueTask<object?> RequireOperatorAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        Callers.IsOperator(context.HttpContext.User)
            ? await next(context)
            : throw new ApiException(StatusCodes.Status401Unauthorized, $"This changes something and needs the token: send 'Authorization: Bearer TOKEN' with the token from {context.HttpContext.RequestServices.GetRequiredService<OperatorToken>().Path}.");

    // A tool's words to its caller are also the API's.
    private static async ValueTask<object?> AnswerErrorsAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (ApiException error)
        {
            return Json(new ApiError(error.Message), error.Status);
        }
        catch (McpException error)
        {
            return Json(new ApiError(error.Message), StatusCodes.Status400BadRequest);
        }
    }
}

/// <summary>What every refusal looks like.</summary>
internal sealed record ApiError(string Error);

/// <summary>A refusal with its HTTP status.</summary>
internal sealed class ApiException(int status, string message) : Exception(message)
{
    public int Status => status;
}
