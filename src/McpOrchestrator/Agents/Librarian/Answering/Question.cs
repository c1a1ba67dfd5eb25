using McpOrchestrator.Agents.Librarian.Text;

namespace McpOrchestrator.Agents.Librarian.Answering;

/// <summary>What form the answer must have.</summary>
internal enum AnswerForm
{
    /// <summary>Any sentence about the subject.</summary>
    Statement,

    /// <summary>A number with a unit.</summary>
    Quantity,

    /// <summary>What happens when something fails.</summary>
    Failure,

    /// <summary>A name or value of the thing asked for: a format, a port, an algorithm.</summary>
    Value,

    /// <summary>A person or role.</summary>
    Who,

    /// <summary>A place: file, folder, service.</summary>
    Where,

    /// <summary>A reason.</summary>
    Why,

    /// <summary>What a word means.</summary>
    Definition,
}

/// <summary>What part a word plays in a question.</summary>
internal enum TermRole
{
    /// <summary>A word of the question.</summary>
    Plain,

    /// <summary>A word of the quoted name that the question is about.</summary>
    Subject,

    /// <summary>A word of such a name that says little: results, data, handling.</summary>
    WeakSubject,

    /// <summary>The quality that is asked for: latency, timeout, size.</summary>
    Quality,

    /// <summary>A word of the hint or of an earlier question in the conversation: helps, but is not demanded.</summary>
    Hint,
}

/// <summary>A content word of a question.</summary>
internal sealed record Term(string Stem, TermRole Role);

/// <summary>A question taken apart.</summary>
/// <param name="Terms">Its content words, each once.</param>
/// <param name="Form">The form of the answer.</param>
/// <param name="Dimension">For a quantity: what the number must measure.</param>
/// <param name="Phrases">Stems of the quoted names.</param>
/// <param name="ValueNoun">For a value: stem of the noun that is asked for ("which format" → format).</param>
/// <param name="AsksBeyond">Whether it also asks what happens beyond the limit.</param>
internal sealed record Question(
    IReadOnlyList<Term> Terms, AnswerForm Form, Dimension Dimension, IReadOnlyList<IReadOnlyList<string>> Phrases, string? ValueNoun, bool AsksBeyond);
