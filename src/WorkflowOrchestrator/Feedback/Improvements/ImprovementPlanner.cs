using System.Globalization;
using Workflow.Feedback.Analyses;
using Workflow.Feedback.Statistics;
using Workflow.Hosting;
using Workflow.Hosting.Tunables;

namespace Workflow.Feedback.Improvements;

/// <summary>What may be proposed.</summary>
/// <param name="Improvement">The improvement, in state <see cref="ImprovementState.Proposed"/>.</param>
/// <param name="Insight">What it follows from.</param>
internal sealed record ImprovementIdea(Improvement Improvement, Insight Insight);

/// <summary>What follows from insights: ideas, and why the others are none.</summary>
internal sealed record ImprovementPlan(IReadOnlyList<ImprovementIdea> Ideas, IReadOnlyList<string> NotProposed);

/// <summary>
/// Makes improvements of insights. Not proposed: what is no tunable or outside its bounds, what is open already, what a person rejected, what was taken back lately,
/// what promises too little, what is too much at once. Pure.
/// </summary>
internal static class ImprovementPlanner
{
    public static ImprovementPlan Plan(IReadOnlyList<Insight> insights, IReadOnlyList<Improvement> known, FeedbackSettings settings, string environment, DateTimeOffset now)
    {
        var ideas = new List<ImprovementIdea>();
        var refused = new List<string>();
        foreach (var insight in insights.Where(insight => insight.Step is not null).OrderByDescending(insight => insight.Step!.ExpectedGain))
        {
            var all = ideas.Select(idea => idea.Improvement).Concat(known).ToArray();
            if (Refusal(insight.Step!, all, settings, environment, now) is { } why)
                refused.Add($"{insight.Step!.Tunable} {Number(insight.Step.From)} to {Number(insight.Step.To)}: {why}");
            else
                ideas.Add(new ImprovementIdea(Create(insight.Step!, all, environment, now), insight));
        }

        return new ImprovementPlan(ideas, refused);
    }

    private static string? Refusal(TuningStep step, Improvement[] known, FeedbackSettings settings, string environment, DateTimeOffset now)
    {
        if (!Tunable.TryFind(step.Tunable, out var tunable))
            return "it is not tunable";
        if (!tunable.TryValue(step.To, out _, out var outside))
            return outside;
        if (step.ExpectedGain < settings.ImprovementThreshold)
            return string.Create(CultureInfo.InvariantCulture, $"the expected gain of {step.ExpectedGain:0.0%} is below improvement_threshold");
        if (known.Any(other => !other.IsEnded && other.Tunable == step.Tunable))
            return "an improvement of it is open";
        if (known.Any(other => other.State == ImprovementState.Rejected && other.Fingerprint == FingerprintOf(step)))
            return "a person rejected it";
        var takenBack = known
            .Where(other => other.State is ImprovementState.Reverted or ImprovementState.Dropped && other.Tunable == step.Tunable && other.To == step.To && other.Environment == environment)
            .Select(other => other.StateAt)
            .ToArray();
        if (!Quarantine.IsFree(takenBack, now))
            return "it was tried and taken back";
        return Quarantine.IsTrouble(known.Where(other => other.State == ImprovementState.Reverted).Select(other => other.StateAt), now)
            ? $"{Quarantine.WatchdogRollbacks} improvements were taken back within a day"
            : TooMuch(known, settings, now);
    }

    /// <summary>Why nothing more may be proposed now; null when it may.</summary>
    public static string? TooMuch(IReadOnlyCollection<Improvement> known, FeedbackSettings settings, DateTimeOffset now)
    {
        if (known.Count(other => !other.IsEnded) >= settings.MaxOpenImprovements)
            return "max_open_improvements are open";
        return known.Count(other => other.CreatedAt > now.AddDays(-1)) >= settings.MaxImprovementsPerDay ? "max_improvements_per_day were proposed" : null;
    }

    private static Improvement Create(TuningStep step, Improvement[] known, string environment, DateTimeOffset now)
    {
        var stem = $"improve-{step.Tunable[(step.Tunable.IndexOf('.') + 1)..].Replace('_', '-')}-to-{Number(step.To)}";
        var id = stem;
        for (var i = 2; known.Any(other => other.Id == id); i++)
            id = string.Create(CultureInfo.InvariantCulture, $"{stem}-{i}");
        return new Improvement(
            id,
            FingerprintOf(step),
            Improvement.TunableKind,
            $"{(step.To > step.From ? "Raise" : "Lower")} {step.Tunable} from {Number(step.From)} to {Number(step.To)}",
            ImprovementState.Proposed,
            step.ExpectedGain,
            environment,
            now,
            now)
        {
            Tunable = step.Tunable,
            From = step.From,
            To = step.To,
        };
    }

    private static string FingerprintOf(TuningStep step) => $"tunable {step.Tunable} {Number(step.From)} {Number(step.To)}";

    private static string Number(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);
}
