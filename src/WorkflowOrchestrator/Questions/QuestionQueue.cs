namespace Workflow.Questions;

/// <summary>A question that waits for the router.</summary>
/// <param name="Id">Its id; sorts by the time of asking.</param>
/// <param name="Scope">The change that it is about; empty for none.</param>
/// <param name="Priority">Greater goes first within its class.</param>
/// <param name="IsBlocking">Whether a change cannot be finished without it.</param>
internal sealed record QueuedQuestion(QuestionId Id, string Scope, int Priority, bool IsBlocking);

/// <summary>
/// Decides which question is routed next: first those for whose answer a caller waits right now, then those that hold up a change, then advice. Within a
/// class the change with the fewest questions in flight, so that one that asks a thousand does not keep the others waiting; then by priority and age. Pure.
/// </summary>
internal static class QuestionQueue
{
    /// <summary>The question to route next; null when none waits.</summary>
    /// <param name="waiting">Candidates.</param>
    /// <param name="inFlight">Scopes of the questions in flight.</param>
    /// <param name="lastServed">When a scope was last served, as a growing number; missing: never.</param>
    /// <param name="awaited">Questions for which a caller waits.</param>
    public static QueuedQuestion? Next(
        IEnumerable<QueuedQuestion> waiting, IReadOnlyCollection<string> inFlight, IReadOnlyDictionary<string, long> lastServed, IReadOnlySet<QuestionId> awaited)
    {
        var busy = inFlight.CountBy(scope => scope, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        return waiting
            .OrderByDescending(question => awaited.Contains(question.Id))
            .ThenByDescending(question => question.IsBlocking)
            .ThenBy(question => busy.GetValueOrDefault(question.Scope))
            .ThenBy(question => lastServed.GetValueOrDefault(question.Scope))
            .ThenByDescending(question => question.Priority)
            .ThenBy(question => question.Id.Value, StringComparer.Ordinal)
            .FirstOrDefault();
    }
}
