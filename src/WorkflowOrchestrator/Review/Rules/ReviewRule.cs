using Workflow.Review.Reading;

namespace Workflow.Review.Rules;

/// <summary>A rule of the built-in reviewer. Rules are stateless and take time linear in the text.</summary>
internal abstract class ReviewRule
{
    /// <summary>Readable id, stored and used in configuration: never renamed or reused.</summary>
    public abstract string Id { get; }

    /// <summary>Number in the catalogue of 25; rules that check one subject from several sides share one.</summary>
    public abstract int Number { get; }

    /// <summary>What it is about, for people.</summary>
    public abstract string Title { get; }

    /// <summary>The highest severity that it reports.</summary>
    public abstract FindingSeverity Severity { get; }

    public abstract IEnumerable<RuleHit> Check(ReviewedChange change);

    /// <summary>Names in messages and questions: long ones are cut.</summary>
    protected static string Short(string text, int most = 100) => text.Length <= most ? text : text[..most].TrimEnd() + "…";

    protected static string Listed(IEnumerable<string> words) => string.Join(", ", words.Select(word => $"\"{word}\"").Distinct(StringComparer.OrdinalIgnoreCase));
}

/// <summary>A rule that looks at each ADDED or MODIFIED requirement by itself.</summary>
internal abstract class RequirementRule : ReviewRule
{
    public sealed override IEnumerable<RuleHit> Check(ReviewedChange change)
    {
        foreach (var requirement in change.Requirements)
        {
            foreach (var hit in Check(requirement))
                yield return hit with { Requirement = requirement };
        }
    }

    protected abstract IEnumerable<RuleHit> Check(ReviewedRequirement requirement);
}

/// <summary>A rule that looks at each sentence that the author of the change wrote.</summary>
internal abstract class SentenceRule : RequirementRule
{
    protected sealed override IEnumerable<RuleHit> Check(ReviewedRequirement requirement)
    {
        foreach (var sentence in requirement.Changed)
        {
            if (Check(requirement, sentence) is { } hit)
                yield return hit;
        }
    }

    protected abstract RuleHit? Check(ReviewedRequirement requirement, Sentence sentence);
}
