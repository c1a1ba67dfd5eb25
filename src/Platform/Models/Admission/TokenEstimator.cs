using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.AI;

namespace Platform.Models.Admission;

/// <summary>Estimates tokens before sending: a token is about three bytes, corrected for each model by what it really counted.</summary>
internal sealed class TokenEstimator
{
    private const double BytesPerToken = 3;
    private const double Weight = 0.2; // of the newest observation
    private const double Lowest = 0.2;
    private const double Highest = 4;

    // What a server's chat template adds around each message.
    private const int TokensPerMessage = 8;

    private readonly ConcurrentDictionary<string, double> _corrections = new(StringComparer.Ordinal);

    /// <summary>Uncorrected estimate.</summary>
    public static long Raw(IReadOnlyList<ChatMessage> messages) =>
        messages.Sum(message => (long)Math.Ceiling(Encoding.UTF8.GetByteCount(message.Text) / BytesPerToken) + TokensPerMessage);

    /// <summary>Estimate for a model.</summary>
    public long For(string model, long raw) => (long)Math.Ceiling(raw * Correction(model));

    public double Correction(string model) => _corrections.GetValueOrDefault(model, 1);

    /// <summary>Learns from what the server counted.</summary>
    public void Observe(string model, long raw, long counted)
    {
        if (raw <= 0 || counted <= 0)
            return;
        var ratio = Math.Clamp((double)counted / raw, Lowest, Highest);
        _corrections.AddOrUpdate(model, ratio, (_, old) => old + (Weight * (ratio - old)));
    }
}
