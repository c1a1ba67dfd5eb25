using McpOrchestrator.Agents.Librarian.Answering;

namespace McpOrchestrator.Agents.Librarian;

/// <summary>Remembers what the last question of each conversation was about, so that "and how often?" can be understood.</summary>
internal sealed class Conversations
{
    private const int Remembered = 1000; // the least recently used is forgotten; a follow-up after that is read on its own

    private readonly Lock _gate = new();
    private readonly LinkedList<(string Id, IReadOnlyList<Term> Terms)> _recent = new();
    private readonly Dictionary<string, LinkedListNode<(string Id, IReadOnlyList<Term> Terms)>> _byId = new(StringComparer.Ordinal);

    /// <summary>Completes a follow-up that has hardly a subject of its own with the words of the question before it, and remembers the result.</summary>
    internal Question Continue(string? conversation, Question question)
    {
        if (conversation is null) return question;
        lock (_gate)
        {
            if (_byId.Remove(conversation, out var node)) _recent.Remove(node);
            if (node is not null) question = Complete(question, node.Value.Terms);
            _byId[conversation] = _recent.AddLast((conversation, question.Terms));
            if (_recent.Count > Remembered)
            {
                _byId.Remove(_recent.First!.Value.Id);
                _recent.RemoveFirst();
            }
        }

        return question;
    }

    private static Question Complete(Question question, IReadOnlyList<Term> earlier)
    {
        var own = question.Terms.Where(t => t.Role != TermRole.Hint).Select(t => t.Stem).ToHashSet(StringComparer.Ordinal);
        var isFollowUp = own.Count <= 1;
        var added = earlier.Where(t => !own.Contains(t.Stem) && t.Role != TermRole.Quality)
            .Select(t => isFollowUp ? t : t with { Role = TermRole.Hint });
        return question with { Terms = [.. question.Terms.Where(t => own.Contains(t.Stem)), .. added.DistinctBy(t => t.Stem)] };
    }
}
