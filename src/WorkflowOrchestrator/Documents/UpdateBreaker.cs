namespace Workflow.Documents;

/// <summary>What became of an update, as far as it tells whether people want them.</summary>
internal enum VerdictKind
{
    /// <summary>It was applied, and not by a person's wish.</summary>
    Applied,

    /// <summary>A person approved it.</summary>
    Approved,

    /// <summary>A person rejected it.</summary>
    Rejected,

    /// <summary>A person took it back.</summary>
    Undone,
}

/// <summary>A verdict about an update.</summary>
internal sealed record UpdateOutcome(DateTimeOffset At, VerdictKind Kind);

/// <summary>When the breaker opens and closes.</summary>
/// <param name="Rate">Share of the last <see cref="UpdateBreaker.Window"/> verdicts that are bad, from which it opens.</param>
/// <param name="Pause">It closes this long after the last bad verdict.</param>
internal sealed record BreakerRule(double Rate, TimeSpan Pause);

/// <summary>How the breaker stands.</summary>
/// <param name="OpenedAt">Since when updates are held back; null while it is closed.</param>
/// <param name="ClosesAt">When it closes by itself, unless there is another bad verdict.</param>
/// <param name="Bad">Bad verdicts among <paramref name="Counted"/> when it opened.</param>
/// <param name="Counted">Verdicts that were looked at.</param>
internal sealed record BreakerState(DateTimeOffset? OpenedAt, DateTimeOffset? ClosesAt, int Bad, int Counted)
{
    public bool IsOpen => OpenedAt is not null;

    public string Why => $"{Bad} of the last {Counted} updates were rejected or taken back: every update is held back until three in a row are approved, or until {ClosesAt:u}";
}

/// <summary>
/// Holds everything back when people keep rejecting and taking back what the daemon writes. Its state is worked out from the verdicts in the store each time, so
/// that a restart changes nothing. Pure.
/// </summary>
internal static class UpdateBreaker
{
    /// <summary>Verdicts that count.</summary>
    public const int Window = 20;

    /// <summary>Fewer bad verdicts than this say nothing.</summary>
    public const int MinBad = 3;

    /// <summary>So many approvals in a row close it.</summary>
    public const int ApprovalsToClose = 3;

    public static BreakerState Judge(IEnumerable<UpdateOutcome> outcomes, BreakerRule rule, DateTimeOffset now)
    {
        var recent = new Queue<bool>();
        var state = new BreakerState(null, null, 0, 0);
        var approvals = 0;
        foreach (var outcome in outcomes)
        {
            if (state.ClosesAt <= outcome.At)
                state = Close(recent);
            var isBad = outcome.Kind is VerdictKind.Rejected or VerdictKind.Undone;
            recent.Enqueue(isBad);
            if (recent.Count > Window)
                recent.Dequeue();
            approvals = isBad ? 0 : approvals + (outcome.Kind == VerdictKind.Approved ? 1 : 0);
            var bad = recent.Count(one => one);
            if (isBad && (state.IsOpen || (bad >= MinBad && bad >= rule.Rate * recent.Count)))
                (state, approvals) = (new BreakerState(state.OpenedAt ?? outcome.At, outcome.At + rule.Pause, bad, recent.Count), 0);
            else if (state.IsOpen && approvals >= ApprovalsToClose)
                state = Close(recent);
        }

        return state.ClosesAt <= now ? Close(recent) : state;
    }

    private static BreakerState Close(Queue<bool> recent)
    {
        recent.Clear();
        return new BreakerState(null, null, 0, 0);
    }
}
