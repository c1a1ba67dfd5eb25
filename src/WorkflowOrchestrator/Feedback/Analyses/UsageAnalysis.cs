using System.Globalization;
using Workflow.Hosting.Tunables;
using Workflow.Storage;

namespace Workflow.Feedback.Analyses;

/// <summary>Feature usage: what is used, what is tried in vain, what people take back. Pure.</summary>
internal static class UsageAnalysis
{
    private const int MinTried = 20;
    private const int MinDecisions = 10;
    private const int MinExpired = 10;
    private const double ManyExpired = 0.2;
    private const double Useless = 0.05;
    private const double OftenTakenBack = 0.2;

    public static IEnumerable<Insight> Find(EventDigest digest, ITunables tunables)
    {
        foreach (var ((route, agent), facts) in digest.Routes.OrderBy(route => route.Key.Route, StringComparer.Ordinal).ThenBy(route => route.Key.Agent, StringComparer.Ordinal))
        {
            if (facts.Tried < MinTried || facts.Answered > Useless * facts.Tried)
                continue;
            var name = agent.Length == 0 ? route : $"{route} ({agent})";
            yield return new Insight(
                AnalysisNames.Usage,
                "tried_in_vain",
                name,
                Text($"{name} was asked {facts.Tried} times and answered {facts.Answered}; that cost {facts.Delay.Sum / 1000:0.0} s."),
                [new Fact("tried", facts.Tried, ""), new Fact("answered", facts.Answered, ""), new Fact("time spent", facts.Delay.Sum / 1000, "s")]);
        }

        if (Expired(digest, tunables.Integer(Tunable.CacheTimeout)) is { } expired)
            yield return expired;
        int applied = digest.Count(EventTypes.UpdateApplied), rejected = digest.Count(EventTypes.UpdateRejected), undone = digest.Count(EventTypes.UpdateUndone);
        if (applied + rejected >= MinDecisions && rejected + undone > OftenTakenBack * (applied + rejected))
        {
            yield return new Insight(
                AnalysisNames.Usage,
                "updates_taken_back",
                "updates",
                Text($"Of {applied + rejected} updates people rejected {rejected} and took back {undone}."),
                [new Fact("applied", applied, ""), new Fact("rejected", rejected, ""), new Fact("undone", undone, "")]);
        }

        if (digest.Usage.Count > 0)
        {
            yield return new Insight(
                AnalysisNames.Usage,
                "used",
                "features",
                "Used: " + string.Join(", ", digest.Usage.OrderByDescending(use => use.Value).ThenBy(use => use.Key, StringComparer.Ordinal).Select(use => Text($"{use.Key} {use.Value}"))) + ".",
                [.. digest.Usage.OrderBy(use => use.Key, StringComparer.Ordinal).Select(use => new Fact(use.Key, use.Value, ""))]);
        }
    }

    // The same question again, and its answer thrown away for its age alone.
    private static Insight? Expired(EventDigest digest, int timeout)
    {
        var outcomes = digest.Routes.Where(route => route.Key.Route == "answered_before").SelectMany(route => route.Value.Outcomes).ToLookup(outcome => outcome.Key, outcome => outcome.Value, StringComparer.Ordinal);
        int expired = outcomes["Expired"].Sum(), answered = outcomes["Answered"].Sum();
        if (expired < MinExpired || expired < ManyExpired * (expired + answered))
            return null;
        var to = Math.Min(Tunable.CacheTimeout.Maximum, Math.Max(2.0 * timeout, Tunable.CacheTimeout.Minimum));
        return new Insight(
            AnalysisNames.Usage,
            "expired",
            Tunable.CacheTimeout.Name,
            Text($"{expired} questions had been answered before, longer ago than the {timeout} s that an answer may be reused; {answered} were answered that way."),
            [new Fact("too old", expired, ""), new Fact("answered before", answered, ""), new Fact("cache_timeout", timeout, "s")])
        {
            Step = to > timeout ? new TuningStep(Tunable.CacheTimeout.Name, timeout, to, Math.Min(1, expired / 2.0 / Math.Max(1, answered))) : null,
        };
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
