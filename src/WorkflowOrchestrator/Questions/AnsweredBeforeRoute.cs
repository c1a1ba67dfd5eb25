using Workflow.Hosting.Tunables;
using Workflow.Questions.Similarity;
using Workflow.Storage;

namespace Workflow.Questions;

/// <summary>The same question, or one that means the same, was answered before, lately enough, and what the answer rests on has not changed.</summary>
internal sealed class AnsweredBeforeRoute(IStore store, EvidenceReader evidence, ITunables tunables, TimeProvider time) : IQuestionRoute
{
    private const int MaxCandidates = 10;

    public bool Takes(RouteStep step) => step.Route == RouteNames.AnsweredBefore;

    public Task<RouteResult> TryAsync(Question question, RouteStep step, TimeSpan budget, CancellationToken cancellationToken)
    {
        var candidates = store.Read(reader => Candidates(reader, question));
        var now = time.GetUtcNow();
        var timeout = TimeSpan.FromSeconds(tunables.Integer(Tunable.CacheTimeout));
        var isExpired = false;
        Evidence? stale = null;
        foreach (var (asked, answer) in candidates)
        {
            if (!ReusePolicy.MayReuse(question, asked, answer, now, timeout))
            {
                isExpired |= ReusePolicy.MayReuse(question, asked, answer, now, TimeSpan.MaxValue);
                continue;
            }

            if (evidence.FindStale(answer.Evidence) is { } changed)
                stale ??= changed;
            else
                return Task.FromResult<RouteResult>(asked.Id == question.Id ? new RouteResult.StillHolds(answer) : Reuse(answer));
        }

        if (stale is null && isExpired)
            return Task.FromResult<RouteResult>(new RouteResult.Nothing(RouteOutcome.Expired, "an earlier answer is older than question_routing.cache_timeout", AgentReached: false));
        return Task.FromResult<RouteResult>(stale is null
            ? new RouteResult.Nothing(RouteOutcome.DoesNotKnow, null, AgentReached: false)
            : new RouteResult.Nothing(RouteOutcome.Stale, $"an earlier answer rests on a passage of {stale.Path} that has changed", AgentReached: false));
    }

    // The very same question first, wherever it was asked; then what means the same and is about the same change.
    private static IReadOnlyList<(Question Question, Answer Answer)> Candidates(IStoreReader reader, Question question)
    {
        var same = AnswerStore.ToSameWords(reader, question, MaxCandidates);
        if (question.Sketch is null || QuestionSketch.Of(question.Text) is not { } sketch)
            return same;
        var asked = new NewQuestion(question.Text, question.AskedBy)
        {
            ChangeId = question.ChangeId, Context = question.Context, Options = question.Options, AgentId = question.AgentId, ConversationId = question.ConversationId,
        };
        var followsUp = QuestionStore.IsFollowUp(reader, question);
        var similar = QuestionStore.WithSketch(reader, question.Sketch, question.ChangeId, waiting: false, MaxCandidates)
            .Where(earlier => earlier.Id != question.Id && SameQuestionPolicy.IsSame(asked, sketch, earlier, followsUp || QuestionStore.IsFollowUp(reader, earlier)))
            .Select(earlier => (Question: earlier, Answer: AnswerStore.Of(reader, earlier.Id).FirstOrDefault(answer => answer.Accepted)))
            .Where(pair => pair.Answer is not null)
            .Select(pair => (pair.Question, pair.Answer!));
        return [.. same.Concat(similar).DistinctBy(pair => pair.Item2.Id)];
    }

    private static RouteResult.AnswerFound Reuse(Answer answer) =>
        new RouteResult.AnswerFound(new NewAnswer(answer.Text, answer.AnsweredBy, RouteNames.AnsweredBefore, answer.Confidence, answer.Evidence));
}

/// <summary>Decides whether an answer to the same words is an answer to the same question.</summary>
internal static class ReusePolicy
{
    /// <param name="question">The question of now.</param>
    /// <param name="asked">The one with the same fingerprint that was answered.</param>
    /// <param name="answer">Its answer.</param>
    /// <param name="now">The present.</param>
    /// <param name="cacheTimeout">How old an answer may be.</param>
    /// <summary>
    /// The question's own answer always. Another's only while fresh, and never a mere opinion about another change: either the question carries its
    /// context, or the answer quotes the repository.
    /// </summary>
    public static bool MayReuse(Question question, Question asked, Answer answer, DateTimeOffset now, TimeSpan cacheTimeout)
    {
        if (asked.Id == question.Id)
            return true;
        if (now - answer.At >= cacheTimeout || (question.AgentId is { } wanted && answer.AnsweredBy != wanted))
            return false;
        return question.ChangeId == asked.ChangeId || question.Context.Length > 0 || answer.Evidence.Count > 0;
    }
}
