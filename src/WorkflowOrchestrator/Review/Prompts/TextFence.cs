using System.Security.Cryptography;
using System.Text;
using Workflow.Storage;

namespace Workflow.Review.Prompts;

/// <summary>
/// Fences text of documents, agents and git in prompts. The delimiter is made from a secret of this store and the text itself: whoever wrote the text
/// cannot know it, so nothing inside can close the fence; and the same text always gives the same bytes, which prompt caches and recordings need.
/// </summary>
internal sealed class TextFence
{
    // Nobody guesses 64 bits with one try a revision; more would only be more tokens that no prompt cache holds.
    private const int MarkBytes = 8;

    private readonly byte[] _secret;

    public TextFence(IStore store) : this(store.Read(reader => reader.First<byte[]>("SELECT secret FROM fence_secret")) ?? throw new InvalidOperationException("The store has no fence secret."))
    {
    }

    private TextFence(byte[] secret) => _secret = secret;

    /// <summary>A fence with a given secret.</summary>
    public static TextFence Of(ReadOnlySpan<byte> secret) => new(secret.ToArray());

    /// <summary>The text between two lines that only we can write.</summary>
    /// <param name="kind">What it is, in one or two words.</param>
    /// <param name="text">The text of others.</param>
    public string Around(string kind, string text)
    {
        var mark = MarkOf(kind, text);
        return $"<<<{mark} {kind}\n{text}\n{mark}>>>";
    }

    private string MarkOf(string kind, string text)
    {
        var digest = HMACSHA256.HashData(_secret, Encoding.UTF8.GetBytes(kind + "\n" + text));
        return "DATA-" + Convert.ToHexStringLower(digest.AsSpan(0, MarkBytes));
    }
}
