using McpOrchestrator.Agents.Librarian.Index;

namespace McpOrchestrator.Agents.Librarian.Answering;

/// <summary>A candidate judged against a question.</summary>
/// <param name="Candidate">The passage.</param>
/// <param name="Text">The passage taken apart.</param>
/// <param name="Coverage">Share of the question's words, by weight, that the passage has: 0 to 1.</param>
/// <param name="Confidence">How sure it is that the passage answers: 0 to 1; refusals are below the threshold.</param>
/// <param name="Order">By which answers are preferred.</param>
/// <param name="Best">The sentence that answers; null when none has the right form.</param>
/// <param name="Refusal">Why it is no answer; null when it may be one.</param>
internal sealed record ScoredPassage(Candidate Candidate, PassageText Text, double Coverage, double Confidence, double Order, Sentence? Best, string? Refusal);
