using System.Text.Json;
using System.Text.Json.Serialization;
using Platform.Telemetry;

namespace Workflow.Hosting;

/// <summary>
/// <c>/healthz</c>, <c>/readyz</c> and <c>/metrics</c>. They only read what the rooms have reported: they never call out and answer at once.
/// </summary>
internal static class HealthEndpoints
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
        WriteIndented = true,
    };

    public static void MapHealth(this WebApplication app)
    {
        app.MapGet("/healthz", (HealthReporter reporter) => Report(reporter));
        app.MapGet("/readyz", (Readiness readiness) => Results.Json(
            new { ready = readiness.IsReady, waiting = readiness.Waiting },
            Json,
            statusCode: readiness.IsReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable));
        app.MapGet("/metrics", (PrometheusReader reader) => Results.Text(reader.Scrape(), "text/plain; version=0.0.4; charset=utf-8"));
    }

    private static IResult Report(HealthReporter reporter)
    {
        var health = reporter.Current();
        return Results.Json(health, Json, statusCode: health.Status == HealthState.Down ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK);
    }
}
