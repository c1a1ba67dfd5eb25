namespace Workflow.Questions;

/// <summary>What to do with an answer.</summary>
internal enum AnswerVerdict
{
    Accept,
    KeepAsAlternative,
    AlreadyGiven,
}

/// <summary>Decides which answer counts.</summary>
internal static class AnswerPolicy
{
    /// <param name="status">How the question stands.</param>
    /// <param name="given">What has been answered so far.</param>
    /// <param name="answer">What is answered now.</param>
    /// <param name="minConfidence">Least confidence of an agent's answer.</param>
    /// <param name="replace">A person puts an earlier person's answer right.</param>
    /// <summary>
    /// A person's answer to this very question beats everything else; an agent's must be confident enough; the first of equals stays, because work has
    /// been built on it.
    /// </summary>
    public static AnswerVerdict Decide(QuestionStatus status, IReadOnlyList<Answer> given, NewAnswer answer, double minConfidence, bool replace)
    {
        var isHumansOwn = answer.AnsweredBy == Answer.Human && answer.Route == RouteNames.Human;
        var isTrusted = answer.AnsweredBy == Answer.Human || answer.Confidence >= minConfidence;
        var accepted = status == QuestionStatus.Answered ? given.FirstOrDefault(other => other.Accepted) : null;
        var same = given.LastOrDefault(other => other.Text == answer.Text && other.AnsweredBy == answer.AnsweredBy && other.IsHumansOwn == isHumansOwn);
        if (same is not null && (same == accepted || !isTrusted))
            return AnswerVerdict.AlreadyGiven;
        if (!isTrusted)
            return AnswerVerdict.KeepAsAlternative;
        if (!isHumansOwn && given.Any(other => other.IsRejected && other.Text == answer.Text))
            return same is null ? AnswerVerdict.KeepAsAlternative : AnswerVerdict.AlreadyGiven; // a person said that it is wrong
        if (accepted is null)
            return AnswerVerdict.Accept;
        var beats = isHumansOwn && (!accepted.IsHumansOwn || replace);
        if (beats)
            return AnswerVerdict.Accept;
        return same is null ? AnswerVerdict.KeepAsAlternative : AnswerVerdict.AlreadyGiven;
    }
}

/// <summary>Decides how a question stands when a newer revision asks it again.</summary>
internal static class TakeOverPolicy
{
    /// <summary>
    /// A person's answer, or one that rests on nothing that could change, stays. An agent's answer with evidence is looked at again: the router's first
    /// route takes it over if its passages still stand.
    /// </summary>
    public static QuestionStatus StatusFor(Question existing, Answer? accepted)
    {
        if (accepted is not null && existing.Status is QuestionStatus.Answered or QuestionStatus.Withdrawn or QuestionStatus.Expired)
            return accepted.IsHuman || accepted.Evidence.Count == 0 ? QuestionStatus.Answered : QuestionStatus.Open;
        return existing.Status switch
        {
            QuestionStatus.Withdrawn when existing.DismissedBy is not null => QuestionStatus.Withdrawn,
            QuestionStatus.AwaitingHuman or QuestionStatus.Routing => existing.Status,
            QuestionStatus.Withdrawn when existing.AgentsTried => QuestionStatus.AwaitingHuman,
            _ => QuestionStatus.Open,
        };
    }
}
