namespace Workflow.Review.Rules;

/// <summary>The catalogue of the built-in reviewer.</summary>
internal static class BuiltInRules
{
    /// <summary>Grows with every change of what the rules find: reviews of one version are comparable.</summary>
    public const int Version = 2;

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
        new WeakModalRule(),
        new ComparativeRule(),
        new UniversalRule(),
        new VagueTimeRule(),
        new WeakVerbRule(),
        new DanglingReferenceRule(),
        new PassiveRule(),
        new PronounRule(),
        new SeveralShallsRule(),
        new CombinatorRule(),
        new NumberWithoutUnitRule(),
        new UnquantifiedQualityRule(),
        new LongSentenceRule(),
        new ImplementationDetailRule(),
        new NearDuplicateRule(),
        new TermDriftRule(),
        new CapabilityMismatchRule(),
        new RemovalWithoutReasonRule(),
        new BreakingUnmarkedRule(),
        new UntaskedRequirementRule(),
        new HiddenInstructionRule(),
        new HiddenCharactersRule(),
    ];

    /// <summary>The rule with this id; null when there is none (validation findings have ids of their own).</summary>
    public static ReviewRule? Find(string id) => All.FirstOrDefault(rule => rule.Id == id);
}
