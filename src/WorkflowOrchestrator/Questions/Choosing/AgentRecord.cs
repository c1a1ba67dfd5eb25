namespace Workflow.Questions.Choosing;

/// <summary>How one agent did with one kind of question. The counts fade: see <see cref="Faded"/>.</summary>
/// <param name="AgentId">Its id.</param>
/// <param name="Kind">Of question: see <see cref="QuestionKinds"/>.</param>
/// <param name="Successes">Answers that were accepted.</param>
/// <param name="Failures">Answers of too little confidence, and those that a person put right.</param>
/// <param name="Silences">Too late, failed, or did not know.</param>
/// <param name="At">As of when the counts are.</param>
internal sealed record AgentRecord(string AgentId, string Kind, double Successes, double Failures, double Silences, DateTimeOffset At)
{
    /// <summary>After this time an outcome counts half.</summary>
    public static readonly TimeSpan HalfLife = TimeSpan.FromDays(30);

    // What an agent did with other kinds of question says something about this kind, but less.
    private const double OtherKindWeight = 0.25;

    /// <summary>The counts as they weigh at a later time.</summary>
    public AgentRecord Faded(DateTimeOffset now)
    {
        var left = now <= At ? 1 : Math.Pow(0.5, (now - At) / HalfLife);
        return this with { Successes = Successes * left, Failures = Failures * left, Silences = Silences * left, At = now > At ? now : At };
    }

    /// <summary>What an agent's records say about it for a kind of question.</summary>
    public static Contender ContenderFor(string agentId, string kind, double load, IEnumerable<AgentRecord> records, DateTimeOffset now)
    {
        double accepted = 0, rejected = 0, silent = 0;
        foreach (var record in records.Where(record => record.AgentId == agentId).Select(record => record.Faded(now)))
        {
            var weight = record.Kind == kind ? 1 : OtherKindWeight;
            accepted += weight * record.Successes;
            rejected += weight * record.Failures;
            silent += weight * record.Silences;
        }

        return new Contender(agentId, accepted, rejected, silent, load);
    }
}
