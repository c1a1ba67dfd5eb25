using Workflow.Questions.Similarity;

namespace Workflow.Questions;

/// <summary>What the answers found so far are good for.</summary>
internal abstract record WeighedAnswers
{
    private WeighedAnswers()
    {
    }

    /// <summary>This one can be taken; of several that agree it is the surest, with the evidence and the confidence of all.</summary>
    public sealed record Sufficient(NewAnswer Answer) : WeighedAnswers;

    /// <summary>Another agent should be heard.</summary>
    public sealed record NotYet : WeighedAnswers;

    /// <summary>Two answers that could both be true contradict each other: a person decides, and sees both.</summary>
    public sealed record Contradiction(NewAnswer One, NewAnswer Other) : WeighedAnswers;
}

/// <summary>Decides what several agents' answers to one question come to. Agreement raises confidence, contradiction ends the search. Pure.</summary>
internal static class AnswerWeighing
{
    /// <summary>An answer of less confidence contradicts nobody: it is a guess.</summary>
    public const double LeastRival = 0.3;

    // Agents read the same documents and may run the same model, so a second voice counts half of what an independent one would.
    private const double Independence = 0.5;
    private const int MaxEvidence = 20;

    /// <summary>Weighs what was found so far.</summary>
    /// <param name="found">In the order in which they came, one an agent.</param>
    /// <param name="options">The question's options.</param>
    /// <param name="minConfidence">Least confidence of an answer that is taken.</param>
    /// <param name="sureConfidence">From here on one voice is enough while others could be asked.</param>
    /// <param name="moreAgents">Whether anybody else can be asked.</param>
    public static WeighedAnswers Weigh(IReadOnlyList<NewAnswer> found, IReadOnlyList<string> options, double minConfidence, double sureConfidence, bool moreAgents)
    {
        var groups = Group(found, options).OrderByDescending(group => group.Joint.Confidence).ToList();
        if (groups.Count == 0)
            return new WeighedAnswers.NotYet();
        var best = groups[0];
        if (best.Joint.Confidence < minConfidence && moreAgents)
            return new WeighedAnswers.NotYet();
        if (groups.Count > 1 && groups[1].Joint.Confidence >= LeastRival && best.Joint.Confidence >= LeastRival)
            return new WeighedAnswers.Contradiction(best.Joint, groups[1].Joint);
        if (best.Joint.Confidence < minConfidence)
            return new WeighedAnswers.NotYet();
        return best.Voices > 1 || best.Joint.Confidence >= sureConfidence || !moreAgents ? new WeighedAnswers.Sufficient(best.Joint) : new WeighedAnswers.NotYet();
    }

    /// <summary>The surest of answers that agree, with the evidence of all and a confidence that none of them lowers.</summary>
    public static NewAnswer Merge(IReadOnlyList<NewAnswer> agreeing)
    {
        var surest = agreeing.MaxBy(answer => answer.Confidence)!;
        var doubt = 1 - surest.Confidence;
        foreach (var other in agreeing.Where(answer => answer != surest))
            doubt *= 1 - (Independence * other.Confidence);
        var evidence = agreeing.OrderByDescending(answer => answer == surest).SelectMany(answer => answer.Evidence).DistinctBy(passage => (passage.Path, passage.Hash)).Take(MaxEvidence);
        return surest with { Confidence = Math.Clamp(1 - doubt, 0, 1), Evidence = [.. evidence] };
    }

    private static List<(NewAnswer Joint, int Voices)> Group(IReadOnlyList<NewAnswer> found, IReadOnlyList<string> options)
    {
        var groups = new List<List<NewAnswer>>();
        foreach (var answer in found)
        {
            if (groups.Find(group => AnswerAgreement.Agree(group[0].Text, answer.Text, options)) is { } group)
                group.Add(answer);
            else
                groups.Add([answer]);
        }

        return [.. groups.Select(group => (Merge(group), group.Select(answer => answer.AnsweredBy).Distinct(StringComparer.Ordinal).Count()))];
    }
}
