namespace McpOrchestrator.Agents.Models;

/// <summary>A question of a conversation with what was answered.</summary>
internal sealed record ConversationTurn(string Question, string Answer);

/// <summary>The last turns of each conversation, as many as a small model can use.</summary>
internal sealed class ConversationTurns
{
    private const int Conversations = 500; // the one that was quiet longest is forgotten
    private const int Turns = 3;
    private const int LongestText = 600;

    private readonly Lock _gate = new();
    private readonly LinkedList<string> _recent = new();
    private readonly Dictionary<string, (LinkedListNode<string> Node, Queue<ConversationTurn> Turns)> _byId = new(StringComparer.Ordinal);

    internal IReadOnlyList<ConversationTurn> Of(string? conversation)
    {
        lock (_gate) return conversation is not null && _byId.TryGetValue(conversation, out var found) ? [.. found.Turns] : [];
    }

    internal void Add(string? conversation, string question, string? answer)
    {
        if (conversation is null) return;
        lock (_gate)
        {
            if (!_byId.TryGetValue(conversation, out var found)) _byId[conversation] = found = (_recent.AddLast(conversation), new Queue<ConversationTurn>());
            _recent.Remove(found.Node);
            _recent.AddLast(found.Node);
            found.Turns.Enqueue(new ConversationTurn(AnswerCleaner.Plain(question, LongestText), AnswerCleaner.Plain(answer ?? "not known", LongestText)));
            if (found.Turns.Count > Turns) found.Turns.Dequeue();
            if (_recent.Count <= Conversations) return;
            _byId.Remove(_recent.First!.Value);
            _recent.RemoveFirst();
        }
    }
}
