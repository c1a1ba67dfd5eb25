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

/// <summary>
/// A setting that the feedback loop may move, within bounds that are written here and nowhere else. Nothing outside this list can change: the only constructor is
/// private, the only values that a <see cref="TunableBoard"/> takes are those that <see cref="TryValue"/> makes. Not in the list, and never to be: the evaluator
/// and its data, limits and permissions (<c>document_updates</c>, <c>review.max_attempts</c>, file sizes), paths, sockets, addresses, <c>feedback_loop</c> itself.
/// </summary>
internal sealed class Tunable
{
    private readonly Func<OrchestratorSettings, double> _default;

    private Tunable(string name, TunableClass kind, double minimum, double maximum, string metric, string description, Func<OrchestratorSettings, double> fallback) =>
        (Name, Class, Minimum, Maximum, Metric, Description, _default) = (name, kind, minimum, maximum, metric, description, fallback);

    /// <summary>Questions in flight.</summary>
    public static Tunable MaxConcurrentQuestions { get; } = new(
        "question_routing.max_concurrent_questions",
        TunableClass.Performance,
        1,
        16,
        "questions_routed_per_minute",
        "Questions in flight at the same time.",
        static settings => settings.Questions.MaxConcurrentQuestions);

    /// <summary>Changes worked on at the same time.</summary>
    public static Tunable MaxConcurrentChanges { get; } = new(
        "review.max_concurrent_changes",
        TunableClass.Performance,
        1,
        8,
        "revisions_settled_per_minute",
        "Changes worked on at the same time.",
        static settings => settings.Review.MaxConcurrentChanges);

    /// <summary>Every tunable there is.</summary>
    public static IReadOnlyList<Tunable> All { get; } = [MaxConcurrentQuestions, MaxConcurrentChanges];

    /// <summary>The key of the setting that gives the default.</summary>
    public string Name { get; }

    public TunableClass Class { get; }

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
        if (number < tunable.Minimum || number > tunable.Maximum)
            throw new ArgumentOutOfRangeException(nameof(number), number, $"{tunable} has bounds.");
        (_tunable, Number) = (tunable, number);
    }

    public Tunable Tunable => _tunable ?? throw new InvalidOperationException("An uninitialised TunableValue was used.");

    public double Number { get; }
}
