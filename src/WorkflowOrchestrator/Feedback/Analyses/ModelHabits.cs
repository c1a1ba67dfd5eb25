using System.Globalization;
using Workflow.Hosting.Tunables;
using Workflow.Review;
using Workflow.Review.ModelBacked;

namespace Workflow.Feedback.Analyses;

/// <summary>What people make of the model's own findings, and which tunable may help. Pure.</summary>
internal static class ModelHabits
{
    /// <summary>Verdicts of people without which nothing is said.</summary>
    public const int MinVerdicts = 10;

    // A greater share of dismissed findings costs more attention than it gives.
    private const double ManyDismissed = 0.5;

    private const string Ambiguity = SectionFindings.RulePrefix + "ambiguity";

    public static IEnumerable<Insight> Find(IReadOnlyList<RuleVerdicts> rules, ITunables tunables)
    {
        var models = rules.Where(rule => SectionFindings.IsModels(rule.Rule)).ToArray();
        if (Dismissed(models.Where(rule => rule.Rule == Ambiguity)) is { } readings)
            yield return Insight("model_ambiguity", Tunable.AmbiguitySamples, tunables, -1, readings, "Requirements that the model read in several ways");
        if (Dismissed(models.Where(rule => rule.Rule != Ambiguity)) is { } findings)
            yield return Insight("model_findings", Tunable.DismissedExamples, tunables, Math.Max(1, tunables.Integer(Tunable.DismissedExamples)), findings, "Findings of the model");
    }

    private static (int Accepted, int Dismissed)? Dismissed(IEnumerable<RuleVerdicts> rules)
    {
        var (accepted, dismissed) = rules.Aggregate((Accepted: 0, Dismissed: 0), (sum, rule) => (sum.Accepted + rule.Accepted, sum.Dismissed + rule.Dismissed));
        return accepted + dismissed >= MinVerdicts && dismissed >= ManyDismissed * (accepted + dismissed) ? (accepted, dismissed) : null;
    }

    private static Insight Insight(string kind, Tunable tunable, ITunables tunables, int step, (int Accepted, int Dismissed) verdicts, string what)
    {
        var (value, all) = (tunables.Integer(tunable), verdicts.Accepted + verdicts.Dismissed);
        var to = Math.Clamp(value + step, tunable.Minimum, tunable.Maximum);
        return new Insight(
            AnalysisNames.Usage,
            kind,
            tunable.Name,
            string.Create(CultureInfo.InvariantCulture, $"{what}: people dismissed {verdicts.Dismissed} of {all}. {tunable.Name} is {value}."),
            [new Fact("accepted", verdicts.Accepted, ""), new Fact("dismissed", verdicts.Dismissed, ""), new Fact("value", value, "")])
        {
            Step = to == value ? null : new TuningStep(tunable.Name, value, to, verdicts.Dismissed / 2.0 / all),
        };
    }
}
