using OpenSpec;
using OpenSpec.Editing;
using OpenSpec.Schemas;
using Workflow.Changes;
using Workflow.Feedback.Analyses;
using Workflow.Feedback.Improvements;
using Workflow.Review;
using Workflow.Storage;
using Workflow.Tests.Changes;

namespace Workflow.Tests.Feedback;

/// <summary>What people accept and dismiss again and again.</summary>
public sealed class RulePatternTests
{
    private const string Rule = "vague-word";

    [Fact]
    public async Task SameKindAcceptedTenTimes_BecomesAProposalForAConfigRule()
    {
        await using var store = new TempStore();
        for (var i = 0; i < 10; i++)
            await FindAsync(store, i, FindingStatus.Fixed);

        var rule = Assert.Single(new RuleVerdictReader(store.Store).Read());
        var insight = Assert.Single(RulePatterns.Find([rule]));
        var improvement = TeamRuleDraft.Improvement(rule, "e", DateTimeOffset.UnixEpoch);
        var written = Assert.IsType<NewChangeOutcome.Written>(ChangeWriter.Write(new MemoryFiles([]), TeamRuleDraft.Change(improvement, rule, insight, new DateOnly(2026, 11, 20)))).Files;

        Assert.Equal((10, 0, 5), (rule.Accepted, rule.Dismissed, rule.Changes));
        Assert.Equal(RulePatterns.TeamRule, insight.Kind);
        var proposal = written["changes/improve-rule-vague-word/proposal.md"];
        var yaml = proposal.Split("```yaml\n")[1].Split("```")[0];
        Assert.Contains("Give a number with its unit.", yaml);
        Assert.Empty(ProjectConfig.Parse(yaml).Faults);
    }

    [Fact]
    public async Task AcceptedNineTimes_IsNoPattern()
    {
        await using var store = new TempStore();
        for (var i = 0; i < 9; i++)
            await FindAsync(store, i, FindingStatus.Fixed);

        Assert.Empty(RulePatterns.Find(new RuleVerdictReader(store.Store).Read()));
    }

    [Fact]
    public async Task DismissedTenTimes_IsAdviceWithoutAQuestionAndTheEffectIsReported()
    {
        await using var store = new TempStore();
        for (var i = 0; i < 10; i++)
            await FindAsync(store, i, FindingStatus.Dismissed);
        var reader = new RuleVerdictReader(store.Store);
        var review = new ChangeReview([Finding("f1", FindingSeverity.Warning), Finding("f2", FindingSeverity.Error)], [Question("f1"), Question("f2")], 0);

        var shown = reader.TurnDown(review);
        await store.Store.WriteAsync(transaction => RuleVerdictReader.Count(transaction, review, shown));

        Assert.Equal([FindingSeverity.Advice, FindingSeverity.Error], shown.Findings.Select(finding => finding.Severity));
        Assert.Equal(["f2"], shown.Questions.Select(question => question.FindingId));
        var insight = Assert.Single(RulePatterns.Find(reader.Read()));
        Assert.Equal(RulePatterns.QuietRule, insight.Kind);
        Assert.Contains("1 findings shown as advice", insight.Summary);
    }

    [Theory]
    [InlineData(9, 0)]
    [InlineData(10, 3)]
    public async Task DismissedSometimes_IsAsLoudAsBefore(int dismissed, int accepted)
    {
        await using var store = new TempStore();
        for (var i = 0; i < dismissed + accepted; i++)
            await FindAsync(store, i, i < dismissed ? FindingStatus.Dismissed : FindingStatus.Fixed);
        var review = new ChangeReview([Finding("f1", FindingSeverity.Warning)], [], 0);

        Assert.Same(review, new RuleVerdictReader(store.Store).TurnDown(review));
    }

    private static async Task FindAsync(TempStore store, int number, FindingStatus status)
    {
        var change = ChangeId.Parse($"change-{number / 2}");
        var revision = new RevisionHash(new string("abcdef"[number % 2], 64));
        await store.Store.WriteAsync(transaction =>
        {
            store.Changes.RegisterDaemonRevision(transaction, change, revision);
            FindingStore.Save(transaction, change, revision, new ChangeReview([Finding($"f{number}", FindingSeverity.Warning)], [], 0));
            if (status == FindingStatus.Dismissed)
                Assert.True(FindingStore.SetDismissed(transaction, change, $"f{number}", dismissed: true));
            else
                FindingStore.MarkFixed(transaction, change, revision, [$"f{number}"]);
        });
    }

    private static Finding Finding(string id, FindingSeverity severity) => new()
    {
        Id = id,
        RuleId = Rule,
        Severity = severity,
        Path = "specs/a/spec.md",
        Quote = "quickly",
        Message = "\"quickly\" cannot be tested.",
        Suggestion = "Give a number with its unit.",
    };

    private static ProposedQuestion Question(string finding) => new("How quickly?", "", [], null, finding, 1, finding);
}
