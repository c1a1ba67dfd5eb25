using Workflow.Mcp;
using static Workflow.Dashboard.Api.ApiGroup;

namespace Workflow.Dashboard.Api;

/// <summary>
/// The rest of the work over plain HTTP and JSON: <c>GET /api/status</c>, <c>/api/changes</c>, <c>/api/changes/{change}</c>, <c>/api/updates</c> (<c>change</c>, <c>state</c>,
/// <c>limit</c>), <c>/api/updates/{id}</c> with its diff, <c>/api/improvements</c>; and with the token <c>POST /api/updates/{id}/approve</c>, <c>/reject</c>
/// (<c>reason</c> in the query), <c>/undo</c>, <c>POST /api/improvements/{id}/approve</c>, <c>/revert</c>. Keys are those of the MCP tools.
/// </summary>
internal static class WorkApi
{
    public static void MapWorkApi(this WebApplication app)
    {
        var api = app.MapApi("");
        api.MapGet("/status", (OperatorTools tools) => Json(tools.Status()));
        api.MapGet("/changes", (ChangeTools tools, string? stage, bool? include_gone) => Json(tools.List(stage, include_gone)));
        api.MapGet("/changes/{change}", (ChangeTools tools, string change) => Json(tools.Get(change)));
        api.MapGet("/updates", (UpdateTools tools, string? change, string? state, int? limit) => Json(tools.List(change, state, limit)));
        api.MapGet("/updates/{id}", (UpdateTools tools, string id) => Json(tools.Get(id)));
        api.MapGet("/improvements", (ImprovementTools tools, string? state, int? limit) => Json(tools.List(state, limit)));
        var updates = api.MapChanging("/updates/{id}");
        updates.MapPost("/approve", async (UpdateTools tools, string id) => Json(await tools.ApproveAsync(id)));
        updates.MapPost("/reject", async (UpdateTools tools, string id, string? reason) => Json(await tools.RejectAsync(id, reason)));
        updates.MapPost("/undo", async (UpdateTools tools, string id) => Json(await tools.UndoAsync(id)));
        var improvements = api.MapChanging("/improvements/{id}");
        improvements.MapPost("/approve", async (ImprovementTools tools, string id) => Json(await tools.ApproveAsync(id)));
        improvements.MapPost("/revert", async (ImprovementTools tools, string id) => Json(await tools.RevertAsync(id)));
        app.MapGet(Root + "/events", EventStream.SendAsync);
        app.MapFallback(Root + "/{**rest}", () => Json(new ApiError("There is no such endpoint."), StatusCodes.Status404NotFound));
    }
}
