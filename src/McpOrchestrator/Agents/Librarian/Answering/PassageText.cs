using McpOrchestrator.Agents.Librarian.Passages;
using McpOrchestrator.Agents.Librarian.Text;

namespace McpOrchestrator.Agents.Librarian.Answering;

/// <summary>One quotable sentence of a passage with its words.</summary>
internal sealed record Sentence(string Text, int Start, IReadOnlySet<string> Stems, bool IsQuestion);

/// <summary>A passage taken apart for scoring.</summary>
internal sealed class PassageText
{
    private readonly Lazy<IReadOnlyList<Sentence>> _sentences; // most candidates are only counted

    internal PassageText(Passage passage)
    {
        // A scenario speaks of its requirement as much as of itself.
        var names = passage.Kind == PassageKind.Scenario ? $"{passage.Context.Split(" / ")[^1]} {passage.Title}" : passage.Title;
        Title = Words.StemsOf(names).ToHashSet(StringComparer.Ordinal);
        Context = Words.StemsOf(passage.Context).ToHashSet(StringComparer.Ordinal);
        Sequence = [.. Words.StemsOf(passage.Title), .. Words.StemsOf(BodyOf(passage.Text))];
        Body = Sequence.ToHashSet(StringComparer.Ordinal);
        _sentences = new Lazy<IReadOnlyList<Sentence>>(() => [.. Text.Sentences.Of(passage.Text).Select(r => Cut(passage.Text, r)).Where(s => !s.Text.StartsWith('#') && s.Stems.Count > 0)]);
    }

    /// <summary>Words of its own name; for a scenario also of its requirement's.</summary>
    internal IReadOnlySet<string> Title { get; }

    internal IReadOnlySet<string> Context { get; }

    /// <summary>Words of title and text.</summary>
    internal IReadOnlySet<string> Body { get; }

    /// <summary>Words of title and text in their order.</summary>
    internal IReadOnlyList<string> Sequence { get; }

    internal IReadOnlyList<Sentence> Sentences => _sentences.Value;

    /// <summary>Whether two words stand within a few words of one another.</summary>
    internal bool AreNear(string a, string b)
    {
        const int reach = 4;
        for (var i = 0; i < Sequence.Count; i++)
        {
            if (Sequence[i] != a) continue;
            for (var k = Math.Max(0, i - reach); k < Math.Min(Sequence.Count, i + reach + 1); k++)
            {
                if (Sequence[k] == b) return true;
            }
        }

        return false;
    }

    private static Sentence Cut(string text, Range range)
    {
        var sentence = text[range];
        return new Sentence(sentence, range.Start.Value, Words.StemsOf(sentence).ToHashSet(StringComparer.Ordinal), AnswerForms.IsQuestion(sentence));
    }

    private static string BodyOf(string text)
    {
        if (!text.StartsWith('#')) return text;
        var newline = text.IndexOf('\n');
        return newline < 0 ? "" : text[(newline + 1)..];
    }
}
