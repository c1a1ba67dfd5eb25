using Workflow.Storage;

namespace Workflow.Review;

/// <summary>What people of this repository made of a rule's findings.</summary>
/// <param name="Rule">Id of the rule.</param>
/// <param name="Accepted">Findings whose text was put right.</param>
/// <param name="Dismissed">Findings that a person said are fine as they are.</param>
/// <param name="Changes">Changes in which findings were accepted.</param>
internal sealed record RuleVerdicts(string Rule, int Accepted, int Dismissed, int Changes)
{
    /// <summary>Dismissals from which on a rule is quieter, when it is accepted rarely.</summary>
    public const int QuietAfter = 10;

    /// <summary>Dismissals for one acceptance.</summary>
    public const int QuietShare = 4;

    /// <summary>Dismissed so often that the rule only gives advice here, and asks nothing.</summary>
    public bool IsQuiet => Dismissed >= QuietAfter && Dismissed >= QuietShare * Accepted;

    /// <summary>Findings of the rule that were reported as advice although the rule says more, since it is quiet.</summary>
    public int Quieted { get; init; }

    /// <summary>The document in which its accepted findings were most often: proposal, specs, design or tasks.</summary>
    public string Artifact { get; init; } = "specs";

    /// <summary>What the rule advises, as it was said last.</summary>
    public string Advice { get; init; } = "";
}

/// <summary>Reads what people made of findings, and turns down what they dismiss again and again.</summary>
internal sealed class RuleVerdictReader(IStore store)
{
    /// <summary>Every rule that people decided about. What was found in the daemon's own changes does not count: it does not learn from itself.</summary>
    public IReadOnlyList<RuleVerdicts> Read() => store.Read(reader => (IReadOnlyList<RuleVerdicts>)[.. reader.Query<Row>(
        """
        SELECT rule_id AS Rule,
               count(DISTINCT CASE WHEN status = 'Fixed' THEN change_id || ' ' || id END) AS Accepted,
               count(DISTINCT CASE WHEN status = 'Dismissed' THEN change_id || ' ' || id END) AS Dismissed,
               count(DISTINCT CASE WHEN status = 'Fixed' THEN change_id END) AS Changes,
               max(CASE WHEN status = 'Fixed' THEN path END) AS Path,
               max(CASE WHEN status = 'Fixed' THEN coalesce(suggestion, message) END) AS Advice
        FROM finding WHERE status IN ('Fixed', 'Dismissed') AND change_id NOT IN (SELECT id FROM improvement) GROUP BY rule_id ORDER BY rule_id
        """).Select(row => row.ToVerdicts(reader.First<long>("SELECT coalesce(sum(count), 0) FROM quieted_finding WHERE rule_id = @Rule", new { row.Rule })))]);

    /// <summary>
    /// The review as this repository wants it: findings of quiet rules are advice and ask nothing. Errors stay errors, whatever was dismissed: what is invalid does
    /// not become valid.
    /// </summary>
    public ChangeReview TurnDown(ChangeReview review) => TurnDown(review, [.. Read().Where(verdicts => verdicts.IsQuiet).Select(verdicts => verdicts.Rule)]);

    /// <summary>The same for these rules. Pure.</summary>
    internal static ChangeReview TurnDown(ChangeReview review, IReadOnlyCollection<string> quiet)
    {
        if (quiet.Count == 0)
            return review;
        var lowered = review.Findings.Where(finding => IsLowered(finding, quiet)).Select(finding => finding.Id).ToHashSet(StringComparer.Ordinal);
        return review with
        {
            Findings = [.. review.Findings.Select(finding => lowered.Contains(finding.Id) ? finding with { Severity = FindingSeverity.Advice } : finding)],
            Questions = [.. review.Questions.Where(question => !lowered.Contains(question.FindingId))],
        };
    }

    /// <summary>Counts, in the caller's transaction, what was turned down, so that the effect can be told.</summary>
    public static void Count(IStoreTransaction transaction, ChangeReview before, ChangeReview after)
    {
        foreach (var (_, now) in before.Findings.Zip(after.Findings).Where(pair => pair.First.Severity != pair.Second.Severity))
        {
            transaction.Execute(
                "INSERT INTO quieted_finding(rule_id, count) VALUES(@RuleId, 1) ON CONFLICT(rule_id) DO UPDATE SET count = count + 1",
                new { now.RuleId });
        }
    }

    private static bool IsLowered(Finding finding, IReadOnlyCollection<string> quiet) => finding.Severity == FindingSeverity.Warning && quiet.Contains(finding.RuleId);

    private sealed class Row
    {
        public string Rule { get; init; } = "";

        public long Accepted { get; init; }

        public long Dismissed { get; init; }

        public long Changes { get; init; }

        public string? Path { get; init; }

        public string? Advice { get; init; }

        public RuleVerdicts ToVerdicts(long quieted) => new(Rule, (int)Accepted, (int)Dismissed, (int)Changes)
        {
            Quieted = (int)quieted,
            Artifact = Path switch
            {
                "proposal.md" => "proposal",
                "design.md" => "design",
                "tasks.md" => "tasks",
                _ => "specs",
            },
            Advice = Advice ?? "",
        };
    }
}
