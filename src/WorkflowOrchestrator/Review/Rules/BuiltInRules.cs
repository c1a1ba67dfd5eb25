namespace Workflow.Review.Rules;

/// <summary>The catalogue of the built-in reviewer.</summary>
internal static class BuiltInRules
{
    /// <summary>Grows with every change of what the rules find: reviews of one version are comparable.</summary>
    public const int Version = 1;

    /// <summary>All rules by number.</summary>
    public static IReadOnlyList<ReviewRule> All { get; } =
    [
        new PlaceholderRule(),
        new IncompleteScenarioRule(),
        new UnobservableOutcomeRule(),
        new SeveralTriggersRule(),
        new NoFailureScenarioRule(),
        new VagueWordRule(),
        new EscapeClauseRule(),
        new OpenListRule(),
        new VagueTimeRule(),
        new UnquantifiedQualityRule(),
    ];

    /// <summary>The rule with this id; null when there is none (validation findings have ids of their own).</summary>
    public static ReviewRule? Find(string id) => All.FirstOrDefault(rule => rule.Id == id);
}
