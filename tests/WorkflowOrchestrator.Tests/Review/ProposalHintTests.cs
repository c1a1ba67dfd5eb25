using Workflow.Review;
using Workflow.Review.BuiltIn;
using Workflow.Tests.Review.Models;

namespace Workflow.Tests.Review;

/// <summary>What <c>openspec archive</c> prints about a proposal without blocking anything is advice of the reviewer.</summary>
public sealed class ProposalHintTests
{
    private const string Why = "Readers cannot find what they look for, and support answers the same question thirty times a day.";

    [Theory]
    [InlineData("# Add search\n\n## What Changes\n\n- A search page\n", "openspec-p1", "")]
    [InlineData("# Add search\n\n## Why\n\nShort.\n\n## What Changes\n\n- A search page\n", "openspec-p2", "## Why")]
    public async Task Proposal_WithAFault_IsAdviceAtItsHeading(string proposal, string rule, string quote)
    {
        var finding = Assert.Single((await ReviewAsync(proposal)).Findings, finding => finding.RuleId.StartsWith("openspec-p", StringComparison.Ordinal));

        Assert.Equal((rule, FindingSeverity.Advice, "proposal.md", quote), (finding.RuleId, finding.Severity, finding.Path, finding.Quote));
        Assert.NotNull(finding.Suggestion);
        Assert.Null(finding.Question);
    }

    [Fact]
    public async Task Proposal_LongWhy_IsAdvice() =>
        Assert.Contains((await ReviewAsync($"# A\n\n## Why\n\n{string.Concat(Enumerable.Repeat(Why + " ", 12))}\n\n## What Changes\n\n- A search page\n")).Findings, finding => finding.RuleId == "openspec-p3");

    [Fact]
    public async Task Proposal_InProseWithoutDeltas_IsToldOnceWhatBlocksAndWhatIsMissing()
    {
        var review = await ReviewAsync($"# A\n\n## Why\n\n{Why}\n\n## What Changes\n\n- **search:** Add a page\n", delta: "nothing\n");

        Assert.DoesNotContain(review.Findings, finding => finding.RuleId == "openspec-p4"); // an error says it already
        Assert.Contains(review.Findings, finding => finding is { RuleId: "openspec-p8", Severity: FindingSeverity.Advice });
    }

    [Fact]
    public async Task Proposal_WithoutFault_SaysNothing() =>
        Assert.DoesNotContain((await ReviewAsync($"# A\n\n## Why\n\n{Why}\n\n## What Changes\n\n- A search page\n")).Findings, finding => finding.RuleId.StartsWith("openspec-p", StringComparison.Ordinal));

    [Fact]
    public async Task Proposal_RuleSuppressed_SaysNothing()
    {
        var request = ModelRoom.Request(Specimen.Requirement("The system SHALL list the results.") with { Proposal = "# A\n" }) with { SuppressedRules = ["openspec-p1"] };

        Assert.DoesNotContain((await new BuiltInReviewer().ReviewAsync(request, CancellationToken.None)).Findings, finding => finding.RuleId == "openspec-p1");
    }

    private static Task<ChangeReview> ReviewAsync(string proposal, string? delta = null)
    {
        var specimen = Specimen.Requirement("The system SHALL list the results.") with { Proposal = proposal };
        return new BuiltInReviewer().ReviewAsync(ModelRoom.Request(delta is null ? specimen : specimen with { Delta = delta }), CancellationToken.None);
    }
}
