using OpenSpec;
using Workflow.Changes;
using Workflow.Feedback.Statistics;
using Workflow.Hosting;
using Workflow.Hosting.Tunables;
using Workflow.Review;
using Workflow.Review.ModelBacked;
using Workflow.Review.Prompts;

namespace Workflow.Feedback.Replay;

/// <summary>Reviews an item under two values of a tunable, in memory: nothing of it reaches the store of findings, the questions or the documents.</summary>
internal sealed class ReplayReviewer(ModelCaller caller, PromptLibrary prompts, TextFence fence, FindingStore findings, OrchestratorSettings settings, ITunables tunables, ILogger<ModelReviewer> logger)
{
    private const string Name = "replay";

    /// <summary>Whether there is a model whose quality could be measured.</summary>
    public bool IsReady => caller.IsReady;

    /// <summary>Both reviews of an item; null when the model did not answer both, which says nothing about either value.</summary>
    /// <param name="item">The item.</param>
    /// <param name="current">The value in force.</param>
    /// <param name="candidate">The value that is tried.</param>
    /// <param name="candidateFirst">Which of the two goes first: it finds the server's cache colder.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<PairedItem?> CompareAsync(ReplayItem item, double current, TunableValue candidate, bool candidateFirst, CancellationToken cancellationToken)
    {
        var first = await ReviewAsync(item, candidate.Tunable, candidateFirst ? candidate.Number : current, cancellationToken);
        var second = first is null ? null : await ReviewAsync(item, candidate.Tunable, candidateFirst ? current : candidate.Number, cancellationToken);
        if (first is null || second is null)
            return null;
        var (before, after) = candidateFirst ? (second, first) : (first, second);
        return new PairedItem(item.Id, before.Value, after.Value, before.Passes, after.Passes);
    }

    private async Task<ReplayReward?> ReviewAsync(ReplayItem item, Tunable tunable, double value, CancellationToken cancellationToken)
    {
        var view = new OneValueOf(tunables, tunable, (int)value);
        var files = new Dictionary<string, string>(StringComparer.Ordinal) { [$"changes/{Name}/specs/{Name}/spec.md"] = item.Delta };
        var request = new ReviewRequest(ChangeId.Parse(Name), new RevisionHash(Name), new OpenSpecProject(MemoryFiles.FromText(files)))
        {
            SuppressedRules = settings.Review.SuppressedRules,
            Replay = tunable == Tunable.DismissedExamples ? FormattableString.Invariant($"{Name} {tunable} {value}\n") : Name + "\n",
        };
        var review = await new ModelReviewer(caller, prompts, fence, findings, settings, view, logger).ReviewAsync(request, cancellationToken);
        return review.Facts.Reviewer == ReviewFacts.BuiltIn && review.Facts.Unanswered == 0 ? null : ReplayReward.Of(item, review);
    }

    /// <summary>The tunables in force, but for one.</summary>
    private sealed class OneValueOf(ITunables others, Tunable tunable, int value) : ITunables
    {
        public int Integer(Tunable wanted) => wanted == tunable ? value : others.Integer(wanted);

        public int Integer(Tunable wanted, string item) => Integer(wanted);

        public IDisposable OnChange(Action handler) => others.OnChange(handler);
    }
}
