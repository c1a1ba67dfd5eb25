namespace Workflow.Feedback.Statistics;

/// <summary>How far a kept setting is rolled out.</summary>
internal enum RolloutPhase
{
    /// <summary>The first items under it. Of what can be told apart by item (quality), only one in five gets it (<c>Hosting.Tunables.CanaryShare</c>).</summary>
    Canary,

    /// <summary>All items get it, under guard.</summary>
    Full,

    /// <summary>It stays.</summary>
    Settled,

    /// <summary>The guard raised an alarm: the setting before it is in force again.</summary>
    RolledBack,
}

/// <summary>The way of a setting that a trial would keep: canary → full → settled, or back at the first alarm. Pure, immutable.</summary>
/// <param name="Phase">Where it stands.</param>
/// <param name="Guard">What the items under the new setting say.</param>
internal sealed record Rollout(RolloutPhase Phase, CusumGuard Guard)
{
    /// <summary>Items under the setting before it gets all of them.</summary>
    public const int CanaryItems = 30;

    /// <summary>Items under guard before the setting counts as settled.</summary>
    public const int GuardedItems = 500;

    /// <summary>A roll-out that has seen nothing.</summary>
    /// <param name="baseline">Share of failures under the setting before.</param>
    public static Rollout Start(double baseline) => new(RolloutPhase.Canary, CusumGuard.Start(baseline));

    /// <summary>After an item under the new setting.</summary>
    public Rollout Add(bool failed)
    {
        if (Phase is RolloutPhase.Settled or RolloutPhase.RolledBack)
            return this;
        var guard = Guard.Add(failed);
        var phase = guard.IsAlarm ? RolloutPhase.RolledBack
            : guard.Items >= GuardedItems ? RolloutPhase.Settled
            : guard.Items >= CanaryItems ? RolloutPhase.Full
            : RolloutPhase.Canary;
        return new Rollout(phase, guard);
    }
}
