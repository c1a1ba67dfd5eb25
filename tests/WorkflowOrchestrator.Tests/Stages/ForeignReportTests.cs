using Workflow.Changes;
using Workflow.Documents;
using Workflow.Documents.Drafting;
using Workflow.Review;

namespace Workflow.Tests.Stages;

/// <summary>A <c>review.md</c> that is no text, or no file, is somebody else's.</summary>
public sealed class ForeignReportTests
{
    private static readonly TrackedFinding Finding = new(
        new Finding { Id = "0123456789abcdef", RuleId = "vague-word", Severity = FindingSeverity.Warning, Path = "proposal.md", Quote = "quickly", Message = "vague" },
        FindingStatus.Open);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Complete_OnlyTheReportIsNew_IsWrittenUnlessItIsForeign(bool mayReport)
    {
        var request = new DraftRequest(ChangeId.Parse("a"), new RevisionHash(new string('0', 64)), UpdateId.New(TimeProvider.System), new Dictionary<string, DraftedFrom>(), [], []) { MayReport = mayReport };

        var plan = UpdateDrafter.Complete(request, UpdateDrafter.DraftDocuments(request), [Finding], []);

        Assert.Equal(mayReport, plan is not null);
    }
}
