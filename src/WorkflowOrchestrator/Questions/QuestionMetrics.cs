using System.Diagnostics.Metrics;
using Workflow.Hosting;

namespace Workflow.Questions;

/// <summary>What routing costs and how it ends.</summary>
internal static class QuestionMetrics
{
    private static readonly Histogram<double> s_routes =
        Instruments.Meter.CreateHistogram<double>("workflow_orchestrator_question_route_duration_seconds", "s", "Attempts to find an answer, by route and outcome.");

    private static readonly UpDownCounter<int> s_inFlight =
        Instruments.Meter.CreateUpDownCounter<int>("workflow_orchestrator_questions_in_flight", "{question}", "Questions that the router works on.");

    public static void Tried(RouteAttempt attempt) =>
        s_routes.Record(attempt.Delay.TotalSeconds, new("route", attempt.Route), new("outcome", attempt.Outcome.ToString()));

    public static void InFlight(int change) => s_inFlight.Add(change);
}
