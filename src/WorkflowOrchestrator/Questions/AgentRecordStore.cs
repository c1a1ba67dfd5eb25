using Workflow.Questions.Choosing;
using Workflow.Storage;

namespace Workflow.Questions;

/// <summary>The SQL of how agents did: what routing learns from, also across restarts.</summary>
internal static class AgentRecordStore
{
    private const int MaxRecords = 5000;

    public static IReadOnlyList<AgentRecord> All(IStoreReader reader) =>
        [.. reader.Query<AgentRecordRow>("SELECT agent_id AS AgentId, kind, accepted, rejected, silent, at FROM agent_record ORDER BY at DESC LIMIT @Limit", new { Limit = MaxRecords }).Select(row => row.ToRecord())];

    /// <summary>Counts the outcome of one attempt.</summary>
    public static void Count(IStoreTransaction transaction, string agentId, string kind, RouteOutcome outcome, DateTimeOffset now)
    {
        var change = outcome switch
        {
            RouteOutcome.Answered => (Accepted: 1.0, Rejected: 0.0, Silent: 0.0),
            RouteOutcome.LowConfidence or RouteOutcome.Contradicted => (0, 1, 0),
            _ => (0, 0, 1),
        };
        Add(transaction, agentId, kind, change, now);
    }

    /// <summary>A person put an accepted answer right: what was counted as success was none.</summary>
    public static void CountOverturned(IStoreTransaction transaction, string agentId, string kind, DateTimeOffset now) => Add(transaction, agentId, kind, (-1, 1, 0), now);

    /// <summary>A person's word about an answer of which the agent was so sure.</summary>
    public static void Learn(IStoreTransaction transaction, string agentId, double stated, bool correct) => transaction.Execute(
        """
        INSERT INTO agent_calibration(agent_id, bin, correct, wrong) VALUES (@Agent, @Bin, @Correct, @Wrong)
        ON CONFLICT(agent_id, bin) DO UPDATE SET correct = correct + excluded.correct, wrong = wrong + excluded.wrong
        """,
        new { Agent = agentId, Bin = ConfidenceCalibration.BinOf(stated), Correct = correct ? 1 : 0, Wrong = correct ? 0 : 1 });

    public static IReadOnlyList<CalibrationBin> CalibrationOf(IStoreReader reader, string agentId) =>
        [.. reader.Query<CalibrationRow>("SELECT bin, correct, wrong FROM agent_calibration WHERE agent_id = @Agent", new { Agent = agentId })
            .Select(row => new CalibrationBin((int)row.Bin, (int)row.Correct, (int)row.Wrong))];

    private static void Add(IStoreTransaction transaction, string agentId, string kind, (double Accepted, double Rejected, double Silent) change, DateTimeOffset now)
    {
        var before = transaction.First<AgentRecordRow>(
            "SELECT agent_id AS AgentId, kind, accepted, rejected, silent, at FROM agent_record WHERE agent_id = @Agent AND kind = @Kind", new { Agent = agentId, Kind = kind })?.ToRecord().Faded(now);
        transaction.Execute(
            "INSERT OR REPLACE INTO agent_record(agent_id, kind, accepted, rejected, silent, at) VALUES (@Agent, @Kind, @Accepted, @Rejected, @Silent, @At)",
            new
            {
                Agent = agentId,
                Kind = kind,
                Accepted = Math.Max(0, (before?.Successes ?? 0) + change.Accepted),
                Rejected = Math.Max(0, (before?.Failures ?? 0) + change.Rejected),
                Silent = Math.Max(0, (before?.Silences ?? 0) + change.Silent),
                At = now.ToUnixTimeMilliseconds(),
            });
    }

    private sealed class AgentRecordRow
    {
        public string AgentId { get; init; } = "";

        public string Kind { get; init; } = "";

        public double Accepted { get; init; }

        public double Rejected { get; init; }

        public double Silent { get; init; }

        public long At { get; init; }

        public AgentRecord ToRecord() => new(AgentId, Kind, Accepted, Rejected, Silent, DateTimeOffset.FromUnixTimeMilliseconds(At));
    }

    private sealed class CalibrationRow
    {
        public long Bin { get; init; }

        public long Correct { get; init; }

        public long Wrong { get; init; }
    }
}
