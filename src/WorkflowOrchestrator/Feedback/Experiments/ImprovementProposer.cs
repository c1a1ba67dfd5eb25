using Workflow.Feedback.Analyses;
using Workflow.Feedback.Improvements;
using Workflow.Feedback.Statistics;
using Workflow.Hosting;
using Workflow.Hosting.Tunables;
using Workflow.Review;

namespace Workflow.Feedback.Experiments;

/// <summary>Turns a report into improvements and their OpenSpec changes.</summary>
internal sealed class ImprovementProposer(
    ImprovementStore improvements,
    ImprovementWriter writer,
    EnvironmentReader environment,
    RuleVerdictReader verdicts,
    RecurringQuestionReader questions,
    OrchestratorSettings settings,
    TimeProvider time,
    ILogger<ImprovementProposer> logger)
{
    /// <summary>Proposes what the report suggests and the rules allow.</summary>
    public async Task ProposeAsync(WorkReport report, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var known = improvements.All();
        var plan = ImprovementPlanner.Plan(report.Insights, known, settings.Feedback, environment.Fingerprint, now);
        foreach (var why in plan.NotProposed)
            logger.LogDebug(FeedbackEventIds.NotProposed, "Not proposed: {Why}", why);
        var candidate = 1 + known.Count(other => other.Tunable is not null && other.CreatedAt > now - AlphaSpending.Period);
        foreach (var idea in plan.Ideas)
        {
            if (!Tunable.TryFind(idea.Improvement.Tunable, out var tunable))
                continue;
            var change = ImprovementDraft.ForTunable(idea, tunable, candidate++, DateOnly.FromDateTime(time.GetLocalNow().DateTime));
            await WriteAsync(idea.Improvement, change, cancellationToken);
        }

        await ProposeTeamRulesAsync(report, now, cancellationToken);
        foreach (var question in questions.Read())
        {
            var improvement = TeamAnswerDraft.Improvement(question, environment.Fingerprint, now);
            if (MayPropose(improvement, now))
                await WriteAsync(improvement, TeamAnswerDraft.Change(improvement, question, DateOnly.FromDateTime(time.GetLocalNow().DateTime)), cancellationToken);
        }
    }

    // Once, and not too many at a time.
    private bool MayPropose(Improvement improvement, DateTimeOffset now)
    {
        var known = improvements.All();
        return known.All(other => other.Fingerprint != improvement.Fingerprint && other.Id != improvement.Id) && ImprovementPlanner.TooMuch(known, settings.Feedback, now) is null;
    }

    // What the team keeps correcting: proposed once, for people to decide.
    private async Task ProposeTeamRulesAsync(WorkReport report, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var patterns = report.Insights.Where(insight => insight.Kind == RulePatterns.TeamRule).ToDictionary(insight => insight.Subject, StringComparer.Ordinal);
        if (patterns.Count == 0)
            return;
        foreach (var rule in verdicts.Read().Where(rule => patterns.ContainsKey(rule.Rule)))
        {
            var improvement = TeamRuleDraft.Improvement(rule, environment.Fingerprint, now);
            if (!MayPropose(improvement, now))
                continue;
            var change = TeamRuleDraft.Change(improvement, rule, patterns[rule.Rule], DateOnly.FromDateTime(time.GetLocalNow().DateTime));
            await WriteAsync(improvement, change, cancellationToken);
        }
    }

    private async Task WriteAsync(Improvement improvement, OpenSpec.Editing.NewChange change, CancellationToken cancellationToken)
    {
        if (await writer.ProposeAsync(improvement, change, cancellationToken) is { } refusal)
            logger.LogWarning(FeedbackEventIds.NotProposed, "{Improvement} was not proposed: {Why}", improvement.Id, refusal);
        else
            logger.LogInformation(FeedbackEventIds.Proposed, "{Improvement}: {Title}, expected gain {Gain:P0}", improvement.Id, improvement.Title, improvement.ExpectedGain);
    }
}
