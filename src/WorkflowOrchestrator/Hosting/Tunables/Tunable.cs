using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Workflow.Hosting.Tunables;

/// <summary>How a tunable is tried.</summary>
internal enum TunableClass
{
    /// <summary>Changes how fast the same work is done: interleaved blocks.</summary>
    Performance,

    /// <summary>Changes what comes out: paired replay of recorded items.</summary>
    Quality,
}

/// <summary>What an experiment measures.</summary>
internal enum TunableMeasure
{
    /// <summary>Pieces of work done in a unit of time, while more waits than could be done at once.</summary>
    Throughput,

    /// <summary>Share of the pieces of work that came to something.</summary>
    UsefulShare,

    /// <summary>Reward of recorded items that are done again under both values.</summary>
    Reward,
}

/// <summary>
/// A setting that the feedback loop may move, within bounds that are written here and nowhere else. Nothing outside this list can change: the only constructor is
/// private, the only values that a <see cref="TunableBoard"/> takes are those that <see cref="TryValue"/> makes. Not in the list, and never to be: the evaluator
/// and its data, limits and permissions (<c>document_updates</c>, <c>review.max_attempts</c>, file sizes), paths, sockets, addresses, <c>feedback_loop</c> itself.
/// </summary>
internal sealed class Tunable
{
    private readonly Func<OrchestratorSettings, double> _default;

    private Tunable(string name, TunableMeasure measure, double minimum, double maximum, string metric, string description, Func<OrchestratorSettings, double> fallback) =>
        (Name, Measure, Minimum, Maximum, Metric, Description, _default) = (name, measure, minimum, maximum, metric, description, fallback);

    /// <summary>Questions in flight.</summary>
    public static Tunable MaxConcurrentQuestions { get; } = new(
        "question_routing.max_concurrent_questions",
        TunableMeasure.Throughput,
        1,
        16,
        "questions_routed_per_minute",
        "Questions in flight at the same time.",
        static settings => settings.Questions.MaxConcurrentQuestions);

    /// <summary>Changes worked on at the same time.</summary>
    public static Tunable MaxConcurrentChanges { get; } = new(
        "review.max_concurrent_changes",
        TunableMeasure.Throughput,
        1,
        8,
        "revisions_settled_per_minute",
        "Changes worked on at the same time.",
        static settings => settings.Review.MaxConcurrentChanges);

    /// <summary>Calls to the model server in flight. The server's own slots are the limit beyond it.</summary>
    public static Tunable MaxConcurrentCalls { get; } = new(
        "lm_studio.max_concurrent_calls",
        TunableMeasure.Throughput,
        1,
        8,
        "revisions_settled_per_minute",
        "Calls to the model server in flight at the same time.",
        static settings => settings.LmStudio.MaxConcurrentCalls);

    /// <summary>How long an answer may be reused, seconds. What an answer rests on is checked at each reuse, whatever its age.</summary>
    public static Tunable CacheTimeout { get; } = new(
        "question_routing.cache_timeout",
        TunableMeasure.UsefulShare,
        600,
        604_800,
        "answered_before_share",
        "Seconds that an answer may be reused for the same question.",
        static settings => settings.Questions.CacheTimeout.TotalSeconds);

    /// <summary>Debounce of file events, milliseconds.</summary>
    public static Tunable SettleMilliseconds { get; } = new(
        "workflow_orchestrator.settle_milliseconds",
        TunableMeasure.UsefulShare,
        100,
        5000,
        "lasting_reviews_share",
        "Quiet time after a file event before a change is read, in milliseconds.",
        static settings => settings.Connection.SettleTime.TotalMilliseconds);

    /// <summary>How often the model restates a requirement whose words may have several readings.</summary>
    public static Tunable AmbiguitySamples { get; } = new(
        "review.ambiguity_samples",
        TunableMeasure.Reward,
        2,
        5,
        "review_reward",
        "How often the model restates a requirement whose words may have several readings.",
        static settings => settings.Review.AmbiguitySamples);

    /// <summary>Findings that people dismissed, shown to the model as examples of what not to report.</summary>
    public static Tunable DismissedExamples { get; } = new(
        "review.dismissed_examples",
        TunableMeasure.Reward,
        0,
        12,
        "review_reward",
        "Dismissed findings that the model is shown as examples of what not to report.",
        static settings => settings.Review.DismissedExamples);

    /// <summary>Every tunable there is.</summary>
    public static IReadOnlyList<Tunable> All { get; } = [MaxConcurrentQuestions, MaxConcurrentChanges, MaxConcurrentCalls, CacheTimeout, SettleMilliseconds, AmbiguitySamples, DismissedExamples];

    /// <summary>The key of the setting that gives the default.</summary>
    public string Name { get; }

    /// <summary>How it is tried.</summary>
    public TunableClass Class => Measure == TunableMeasure.Reward ? TunableClass.Quality : TunableClass.Performance;

    /// <summary>What is measured in a block.</summary>
    public TunableMeasure Measure { get; }

    /// <summary>Least value. All tunables of today are whole numbers.</summary>
    public double Minimum { get; }

    /// <summary>Greatest value.</summary>
    public double Maximum { get; }

    /// <summary>What an experiment with it measures; more is better.</summary>
    public string Metric { get; }

    public string Description { get; }

    /// <summary>Finds a tunable by its name.</summary>
    public static bool TryFind(string? name, [NotNullWhen(true)] out Tunable? tunable)
    {
        tunable = All.FirstOrDefault(candidate => candidate.Name == name);
        return tunable is not null;
    }

    /// <summary>The value that the user's settings give. It may lie outside the bounds of what the loop may choose.</summary>
    public double DefaultIn(OrchestratorSettings settings) => _default(settings);

    /// <summary>Makes a value; <paramref name="why"/> says why a number is none.</summary>
    public bool TryValue(double number, out TunableValue value, [NotNullWhen(false)] out string? why)
    {
        value = default;
        why = !double.IsFinite(number) || number != Math.Floor(number) ? string.Create(CultureInfo.InvariantCulture, $"{Name}: {number} is not a whole number")
            : number < Minimum || number > Maximum ? string.Create(CultureInfo.InvariantCulture, $"{Name}: {number} is outside {Minimum} to {Maximum}")
            : null;
        if (why is not null)
            return false;
        value = new TunableValue(this, number);
        return true;
    }

    public override string ToString() => Name;
}

/// <summary>A value of a tunable, within its bounds. Only <see cref="Tunable.TryValue"/> makes one.</summary>
internal readonly record struct TunableValue
{
    private readonly Tunable? _tunable;

    internal TunableValue(Tunable tunable, double number)
    {
        if (!(number >= tunable.Minimum && number <= tunable.Maximum) || number != Math.Floor(number)) // also when it is no number
            throw new ArgumentOutOfRangeException(nameof(number), number, $"{tunable} has bounds.");
        (_tunable, Number) = (tunable, number);
    }

    public Tunable Tunable => _tunable ?? throw new InvalidOperationException("An uninitialised TunableValue was used.");

    public double Number { get; }
}
