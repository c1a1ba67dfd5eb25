using Workflow.Hosting.Tunables;

namespace Workflow.Feedback.Improvements;

/// <summary>Where an improvement stands. Stored by name.</summary>
internal enum ImprovementState
{
    /// <summary>Stored; its change is being written.</summary>
    Proposed,

    /// <summary>Its change is written; a person decides.</summary>
    Waiting,

    /// <summary>Its change is written; the experiment runs, or waits for its turn.</summary>
    Trying,

    /// <summary>The new value is in force, under guard.</summary>
    Guarded,

    /// <summary>Ended: it helped and stays.</summary>
    Kept,

    /// <summary>Ended: it was in force and was taken back.</summary>
    Reverted,

    /// <summary>Ended: the experiment did not show a gain.</summary>
    Dropped,

    /// <summary>Ended: a person said no.</summary>
    Rejected,
}

/// <summary>Something that the daemon proposes to do better.</summary>
/// <param name="Id">Its name, and that of its OpenSpec change.</param>
/// <param name="Fingerprint">Of the idea: the same is not proposed twice.</param>
/// <param name="Kind">tunable, or what kind of proposal for people.</param>
/// <param name="Title">One line.</param>
/// <param name="State">Where it stands.</param>
/// <param name="ExpectedGain">Share by which its metric is expected to grow.</param>
/// <param name="Environment">Fingerprint of what measurements depend on.</param>
/// <param name="CreatedAt">When it was proposed.</param>
/// <param name="StateAt">Since when it is in this state.</param>
internal sealed record Improvement(
    string Id, string Fingerprint, string Kind, string Title, ImprovementState State, double ExpectedGain, string Environment, DateTimeOffset CreatedAt, DateTimeOffset StateAt)
{
    /// <summary>The kind that moves a tunable; all others wait for people.</summary>
    public const string TunableKind = "tunable";

    /// <summary>Why it is in this state.</summary>
    public string? Reason { get; init; }

    /// <summary>Name of the tunable; null for a proposal to people.</summary>
    public string? Tunable { get; init; }

    public double? From { get; init; }

    public double? To { get; init; }

    public double? MeasuredGain { get; init; }

    /// <summary>The update that writes, or last wrote, its change.</summary>
    public string? UpdateId { get; init; }

    /// <summary>How much of the end is in the repository: 0 nothing, 1 the verdict is planned, 2 the change is archived.</summary>
    public int Written { get; init; }

    /// <summary>Who said that it may be tried.</summary>
    public string? ApprovedBy { get; init; }

    public bool IsEnded => State is ImprovementState.Kept or ImprovementState.Reverted or ImprovementState.Dropped or ImprovementState.Rejected;

    /// <summary>The value that it would put in force; false when it names nothing that may be moved, or a value that is out of bounds.</summary>
    public bool TryValue(out TunableValue value)
    {
        value = default;
        return Hosting.Tunables.Tunable.TryFind(Tunable, out var tunable) && To is { } to && tunable.TryValue(to, out value, out _);
    }
}
