using System.Text.Json;
using Workflow.Changes;
using Workflow.Storage;

namespace Workflow.Review;

/// <summary>
/// Findings as they stood at each reviewed revision. What was dismissed stays so while the same text stands; what is gone is kept as fixed.
/// Saving the same review again changes nothing.
/// </summary>
internal sealed class FindingStore(IStore store)
{
    private const string Columns =
        "id AS Id, rule_id AS RuleId, severity AS Severity, status AS Status, path AS Path, line AS Line, quote AS Quote, message AS Message, " +
        "suggestion AS Suggestion, capability AS Capability, requirement AS Requirement, question AS Question";

    /// <summary>Writes a review in the caller's transaction and appends <see cref="EventTypes.ReviewCompleted"/> when this revision had none.</summary>
    public static void Save(IStoreTransaction transaction, ChangeId change, RevisionHash revision, ChangeReview review)
    {
        var key = new { Change = change.Value, Revision = revision.Value };
        var previous = PreviousRevision(transaction, key);
        var isNew = transaction.Execute(
            "INSERT INTO review(change_id, revision, reviewer, ungrounded, facts) VALUES(@Change, @Revision, @Reviewer, @Ungrounded, @Facts) ON CONFLICT(change_id, revision) DO NOTHING",
            new { key.Change, key.Revision, review.Facts.Reviewer, review.Ungrounded, Facts = JsonSerializer.Serialize(review.Facts) }) > 0;
        transaction.Execute("DELETE FROM finding WHERE change_id = @Change AND revision = @Revision AND status = 'Open'", key);
        for (var i = 0; i < review.Findings.Count; i++)
            Insert(transaction, key.Change, key.Revision, i, review.Findings[i]);
        if (previous is not null)
            CarryFixed(transaction, key.Change, key.Revision, previous);
        if (isNew)
            transaction.Append(Completed(change, revision, review));
        else
            transaction.Execute(
                "UPDATE review SET reviewer = @Reviewer, ungrounded = @Ungrounded, facts = @Facts WHERE change_id = @Change AND revision = @Revision",
                new { key.Change, key.Revision, review.Facts.Reviewer, review.Ungrounded, Facts = JsonSerializer.Serialize(review.Facts) });
    }

    /// <summary>Marks a finding of a change as fine as it is, or opens it again, in all revisions. False when there is no such finding.</summary>
    public static bool SetDismissed(IStoreTransaction transaction, ChangeId change, string findingId, bool dismissed) =>
        transaction.Execute(
            "UPDATE finding SET status = @To WHERE change_id = @Change AND id = @Id AND status = @From",
            new { Change = change.Value, Id = findingId, To = dismissed ? "Dismissed" : "Open", From = dismissed ? "Open" : "Dismissed" }) > 0;

    /// <summary>Marks open findings of a revision as fixed: an update of ours removed their cause.</summary>
    public static void MarkFixed(IStoreTransaction transaction, ChangeId change, RevisionHash revision, IReadOnlyList<string> ids) =>
        transaction.Execute(
            "UPDATE finding SET status = 'Fixed' WHERE change_id = @Change AND revision = @Revision AND status = 'Open' AND id IN @Ids",
            new { Change = change.Value, Revision = revision.Value, Ids = ids });

    /// <summary>The findings as they stood at a revision: open and dismissed ones in the reviewer's order, then those fixed since earlier revisions.</summary>
    public IReadOnlyList<TrackedFinding> OfRevision(ChangeId change, RevisionHash revision) =>
        store.Read(reader => reader.Query<Row>(
                $"SELECT {Columns} FROM finding WHERE change_id = @Change AND revision = @Revision ORDER BY status = 'Fixed', position",
                new { Change = change.Value, Revision = revision.Value }))
            .Select(row => row.ToTracked())
            .ToArray();

    /// <summary>Ids of the findings of a change that a person dismissed: they need no question and are not shown as open.</summary>
    public IReadOnlySet<string> Dismissed(ChangeId change) =>
        store.Read(reader => reader.Query<string>(
                "SELECT DISTINCT id FROM finding WHERE change_id = @Change AND status = 'Dismissed'", new { Change = change.Value }))
            .ToHashSet(StringComparer.Ordinal);

    /// <summary>Findings that people of this repository dismissed, the latest first, one a rule and quote: examples of what not to report.</summary>
    public IReadOnlyList<DismissedFinding> DismissedExamples(int most) =>
        store.Read(reader => reader.Query<DismissedFinding>(
            """
            SELECT rule_id AS RuleId, quote AS Quote, MAX(message) AS Message FROM finding
            WHERE status = 'Dismissed' AND quote <> '' GROUP BY rule_id, quote ORDER BY MAX(rowid) DESC LIMIT @most
            """,
            new { most }));

    /// <summary>How the review of a revision was made; null when there was none.</summary>
    public ReviewFacts? FactsOf(ChangeId change, RevisionHash revision) =>
        store.Read(reader => reader.First<string>("SELECT facts FROM review WHERE change_id = @Change AND revision = @Revision", new { Change = change.Value, Revision = revision.Value })) switch
        {
            null => null,
            "{}" => ReviewFacts.ByRules,
            var facts => JsonSerializer.Deserialize<ReviewFacts>(facts),
        };

    /// <summary>Whether this revision has been reviewed.</summary>
    public bool IsReviewed(ChangeId change, RevisionHash revision) =>
        store.Read(reader => reader.First<long>(
            "SELECT COUNT(*) FROM review WHERE change_id = @Change AND revision = @Revision", new { Change = change.Value, Revision = revision.Value })) > 0;

    private static string? PreviousRevision(IStoreTransaction transaction, object key) =>
        transaction.First<string>(
            """
            SELECT revision FROM review
            WHERE change_id = @Change AND revision <> @Revision
              AND seq < COALESCE((SELECT seq FROM review WHERE change_id = @Change AND revision = @Revision), 9223372036854775807)
            ORDER BY seq DESC LIMIT 1
            """,
            key);

    private static void Insert(IStoreTransaction transaction, string change, string revision, int position, Finding finding) =>
        transaction.Execute(
            """
            INSERT INTO finding(change_id, revision, id, position, rule_id, severity, status, path, line, quote, message, suggestion, capability, requirement, question)
            VALUES(@change, @revision, @Id, @position, @RuleId, @Severity,
                   CASE WHEN EXISTS (SELECT 1 FROM finding WHERE change_id = @change AND id = @Id AND status = 'Dismissed') THEN 'Dismissed' ELSE 'Open' END,
                   @Path, @Line, @Quote, @Message, @Suggestion, @Capability, @Requirement, @Question)
            ON CONFLICT(change_id, revision, id) DO UPDATE SET
                status = excluded.status, position = excluded.position, severity = excluded.severity, line = excluded.line, message = excluded.message,
                suggestion = excluded.suggestion, question = excluded.question
            """,
            new
            {
                change,
                revision,
                position,
                finding.Id,
                finding.RuleId,
                Severity = finding.Severity.ToString(),
                finding.Path,
                finding.Line,
                finding.Quote,
                finding.Message,
                finding.Suggestion,
                finding.Capability,
                finding.Requirement,
                Question = finding.Question is null ? null : JsonSerializer.Serialize(finding.Question),
            });

    private static void CarryFixed(IStoreTransaction transaction, string change, string revision, string previous) =>
        transaction.Execute(
            """
            INSERT INTO finding(change_id, revision, id, position, rule_id, severity, status, path, line, quote, message, suggestion, capability, requirement, question)
            SELECT change_id, @revision, id, position, rule_id, severity, 'Fixed', path, line, quote, message, suggestion, capability, requirement, question
            FROM finding WHERE change_id = @change AND revision = @previous AND status IN ('Open', 'Fixed')
            ON CONFLICT(change_id, revision, id) DO NOTHING
            """,
            new { change, revision, previous });

    private static NewEvent Completed(ChangeId change, RevisionHash revision, ChangeReview review) => new(
        EventTypes.ReviewCompleted,
        change.Value,
        revision.Value,
        Data: new
        {
            reviewer = review.Facts.Reviewer,
            errors = review.Count(FindingSeverity.Error),
            warnings = review.Count(FindingSeverity.Warning),
            advice = review.Count(FindingSeverity.Advice),
            questions = review.Questions.Count,
            ungrounded = review.Ungrounded,
            sections = review.Facts.Sections,
            asked = review.Facts.Asked,
            from_store = review.Facts.FromStore,
            unusable = review.Facts.Unanswered,
            call_ms = review.Facts.CallMilliseconds,
            wait_ms = review.Facts.WaitMilliseconds,
            dismissed_hints = review.Facts.DismissedHints,
            aimed_at_reviewer = review.Findings.Count(finding => Finding.IsAimedAtReviewer(finding.RuleId)),
            fallback = review.Facts.Fallback,
        });

    private sealed class Row
    {
        public string Id { get; init; } = "";

        public string RuleId { get; init; } = "";

        public string Severity { get; init; } = "";

        public string Status { get; init; } = "";

        public string Path { get; init; } = "";

        public long? Line { get; init; }

        public string Quote { get; init; } = "";

        public string Message { get; init; } = "";

        public string? Suggestion { get; init; }

        public string? Capability { get; init; }

        public string? Requirement { get; init; }

        public string? Question { get; init; }

        public TrackedFinding ToTracked() => new(
            new Finding
            {
                Id = Id,
                RuleId = RuleId,
                Severity = Enum.Parse<FindingSeverity>(Severity),
                Path = Path,
                Line = (int?)Line,
                Quote = Quote,
                Message = Message,
                Suggestion = Suggestion,
                Capability = Capability,
                Requirement = Requirement,
                Question = Question is null ? null : JsonSerializer.Deserialize<FindingQuestion>(Question),
            },
            Enum.Parse<FindingStatus>(Status));
    }
}

/// <summary>A finding that a person said is fine as it is.</summary>
internal sealed class DismissedFinding
{
    public string RuleId { get; init; } = "";

    public string Quote { get; init; } = "";

    public string Message { get; init; } = "";
}
