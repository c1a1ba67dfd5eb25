using System.Security.Cryptography;
using System.Text;

namespace Workflow.Questions.Similarity;

/// <summary>
/// What a question asks, without the way in which it is put. Two questions can mean the same only if their <see cref="Key"/> is the same: the same
/// kind of question, the same content words, and everything that a single word can turn around (negations, numbers, names) alike.
/// </summary>
/// <param name="Key">The first 64 bits of a SHA-256 over all of it; compared in the store by an index, so that detection costs the same with a hundred thousand questions.</param>
/// <param name="Order">The content words in their order: who does what to whom.</param>
internal sealed record QuestionSketch(string Key, IReadOnlyList<string> Order)
{
    /// <summary>Longer questions are told apart by their exact words alone: they carry too much for a judgement by words.</summary>
    public const int LongestText = 1000;

    // Every ask writes a key to a random place of the index: a short one is many times cheaper, and two keys of a million questions meet by chance once in 40 million such stores.
    private const int KeyBytes = 8;

    /// <summary>The sketch; null when the text is too long or says too little to be judged.</summary>
    public static QuestionSketch? Of(string text)
    {
        if (text.Length > LongestText)
            return null;
        var words = QuestionWords.Of(text);
        var order = ContentOf(words);
        if (order.Count == 0)
            return null;
        var facts = new StringBuilder()
            .AppendJoin('|', order.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)).Append('\n')
            .Append(QuestionGuards.Of(text, words));
        return new QuestionSketch(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(facts.ToString())).AsSpan(0, KeyBytes)), order);
    }

    /// <summary>The content words in order. "The size of an upload" is read as "upload size".</summary>
    internal static IReadOnlyList<string> ContentOf(IReadOnlyList<QuestionWord> words)
    {
        var order = new List<string>();
        var head = 0; // where the phrase begins that an "of" may follow
        for (var i = 0; i < words.Count; i++)
        {
            if (words[i].IsContent)
            {
                order.Add(words[i].Stem);
                continue;
            }

            if (words[i].Lower is "of" or "for" && order.Count > head)
            {
                i = MoveOwnerBefore(words, i, order, head);
                continue;
            }

            if (words[i].Lower is not ("a" or "an" or "the"))
                head = order.Count;
        }

        return order;
    }

    // The words after "of" up to the next word of grammar are put before the phrase that they own.
    private static int MoveOwnerBefore(IReadOnlyList<QuestionWord> words, int of, List<string> order, int head)
    {
        var at = of + 1;
        while (at < words.Count && words[at].Lower is "a" or "an" or "the")
            at++;
        var owner = new List<string>();
        for (; at < words.Count && words[at].IsContent; at++)
            owner.Add(words[at].Stem);
        order.InsertRange(head, owner);
        return at - 1;
    }
}
