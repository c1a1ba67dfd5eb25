using System.Collections.Frozen;
using Workflow.Questions.Similarity;

namespace Workflow.Questions.Choosing;

/// <summary>Tells whether what an agent says that it can do has to do with a question. Pure.</summary>
internal static class CapabilityMatch
{
    private const int LongestText = 2000;

    // Of agents that take any question about a repository.
    private static readonly FrozenSet<string> s_general =
        new[] { "general", "any", "all", "chat", "question", "answer", "qa", "search", "full-text-search", "full_text_search", "repository", "spec", "requirement", "documentation", "knowledge", "reasoning", "librarian" }
            .ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Whether the agent is one for this question.</summary>
    /// <param name="capabilities">The agent's words; none means that it takes anything.</param>
    /// <param name="text">The question.</param>
    /// <param name="context">What it is about.</param>
    public static bool IsCapable(IReadOnlyList<string> capabilities, string text, string context)
    {
        if (capabilities.Count == 0)
            return true;
        var about = new HashSet<string>(StringComparer.Ordinal);
        foreach (var word in QuestionWords.Of(Start(text)).Concat(QuestionWords.Of(Start(context))))
            about.Add(word.Stem);
        return capabilities.Any(capability => IsGeneral(capability) || Covers(capability, about));
    }

    private static bool IsGeneral(string capability)
    {
        var word = capability.Trim().ToLowerInvariant();
        return s_general.Contains(word) || s_general.Contains(word.TrimEnd('s'));
    }

    // "http-api" is about a question that speaks of HTTP and API.
    private static bool Covers(string capability, HashSet<string> about)
    {
        var words = QuestionWords.Of(capability.Replace('-', ' ').Replace('_', ' ').Replace('/', ' '));
        return words.Count > 0 && words.All(word => about.Contains(word.Stem));
    }

    private static string Start(string text) => text.Length <= LongestText ? text : text[..LongestText];
}
