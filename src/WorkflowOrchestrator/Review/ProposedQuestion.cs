namespace Workflow.Review;

/// <summary>A question that a reviewer wants answered before the change is good.</summary>
/// <param name="Text">The question, understandable without the document at hand.</param>
/// <param name="Context">Where it comes from: capability, requirement and the quoted text, for whoever answers.</param>
/// <param name="Options">Likely answers, at most four; may be empty.</param>
/// <param name="Default">The option that is taken when nobody answers; null when there is no safe one.</param>
/// <param name="FindingId">The finding that it settles.</param>
/// <param name="Priority">Higher is more urgent; only the order has meaning.</param>
/// <param name="Fingerprint">
/// What makes two questions the same, whatever change or revision they come from: capability, requirement, cause and the words in question,
/// normalised. Not hashed.
/// </param>
internal sealed record ProposedQuestion(
    string Text,
    string Context,
    IReadOnlyList<string> Options,
    string? Default,
    string FindingId,
    int Priority,
    string Fingerprint);
