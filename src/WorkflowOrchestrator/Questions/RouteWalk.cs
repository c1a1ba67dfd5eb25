using Workflow.Questions.Similarity;

namespace Workflow.Questions;

/// <summary>One question's way through its routes: what is left of its time, and what agents have said so far.</summary>
internal sealed class RouteWalk(Question question, TimeSpan perRoute, TimeSpan inAll, TimeProvider time)
{
    private readonly long _started = time.GetTimestamp();
    private readonly List<NewAnswer> _found = [];

    public Question Question => question;

    /// <summary>The answers of agents, in the order in which they came.</summary>
    public IReadOnlyList<NewAnswer> Found => _found;

    /// <summary>Two answers contradict each other: no further agent is asked.</summary>
    public bool IsContradicted { get; private set; }

    /// <summary>How long the next route may take; zero when the question's time is used up.</summary>
    public TimeSpan NextBudget
    {
        get
        {
            var left = inAll - time.GetElapsedTime(_started);
            return left <= TimeSpan.Zero ? TimeSpan.Zero : left < perRoute ? left : perRoute;
        }
    }

    /// <summary>Adds an agent's answer and says what all of them come to.</summary>
    public WeighedAnswers Add(NewAnswer answer, double minConfidence, double sureConfidence, bool moreAgents)
    {
        _found.Add(answer);
        var weighed = AnswerWeighing.Weigh(_found, question.Options, minConfidence, sureConfidence, moreAgents && NextBudget > TimeSpan.Zero);
        IsContradicted = weighed is WeighedAnswers.Contradiction;
        return weighed;
    }

    /// <summary>The agents whose answers agree with the one that was accepted.</summary>
    public IEnumerable<string> AgentsBehind(NewAnswer accepted) =>
        _found.Where(answer => AnswerAgreement.Agree(answer.Text, accepted.Text, question.Options)).Select(answer => answer.AnsweredBy).Distinct(StringComparer.Ordinal);
}
