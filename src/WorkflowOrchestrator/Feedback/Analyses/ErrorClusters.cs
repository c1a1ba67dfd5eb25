using System.Text;

namespace Workflow.Feedback.Analyses;

/// <summary>One kind of error.</summary>
internal sealed class ErrorCluster(string source, string pattern, string example)
{
    private readonly Dictionary<long, int> _hours = [];

    /// <summary>What reported it: an event type, a route.</summary>
    public string Source => source;

    /// <summary>The message with numbers, names in quotes and hashes taken out.</summary>
    public string Pattern => pattern;

    /// <summary>The first message of this kind.</summary>
    public string Example => example;

    public int Count { get; private set; }

    public long FirstAt { get; private set; } = long.MaxValue;

    public long LastAt { get; private set; } = long.MinValue;

    /// <summary>Id of the first event of this kind, for those who want to look.</summary>
    public long FirstEvent { get; private set; }

    public void Add(long at, long id)
    {
        if (Count++ == 0)
            FirstEvent = id;
        FirstAt = Math.Min(FirstAt, at);
        LastAt = Math.Max(LastAt, at);
        var hour = at / 3_600_000;
        _hours[hour] = _hours.GetValueOrDefault(hour) + 1;
    }

    /// <summary>Share of the errors that fell into the second half of a time; 0.5 = steady.</summary>
    public double LateShare(long from, long to)
    {
        var middle = (from + ((to - from) / 2)) / 3_600_000;
        return Count == 0 ? 0.5 : (double)_hours.Where(hour => hour.Key >= middle).Sum(hour => hour.Value) / Count;
    }
}

/// <summary>Errors by kind.</summary>
internal sealed class ErrorClusters
{
    // More kinds than a person reads; the rest is counted as one.
    private const int MaxClusters = 500;
    private const int LongestPattern = 120;

    private readonly Dictionary<(string, string), ErrorCluster> _clusters = [];

    public IReadOnlyCollection<ErrorCluster> All => _clusters.Values;

    public void Add(string source, ReadOnlySpan<byte> message, long at, long id)
    {
        var text = Encoding.UTF8.GetString(message[..Math.Min(message.Length, 400)]);
        var pattern = Normalise(text);
        var key = (source, _clusters.Count < MaxClusters || _clusters.ContainsKey((source, pattern)) ? pattern : "other");
        if (!_clusters.TryGetValue(key, out var cluster))
            _clusters[key] = cluster = new ErrorCluster(source, key.Item2, text);
        cluster.Add(at, id);
    }

    /// <summary>The message without what differs between two of the same kind.</summary>
    internal static string Normalise(string message)
    {
        var text = new StringBuilder();
        var quoted = false;
        foreach (var word in message.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var varies = quoted || word.Any(char.IsAsciiDigit) || word.Contains('/') || word.StartsWith('\'') || word.StartsWith('"');
            if (word.StartsWith('\'') || word.StartsWith('"'))
                quoted = true;
            if (word.TrimEnd('.', ',', ':', ';').EndsWith('\'') || word.TrimEnd('.', ',', ':', ';').EndsWith('"'))
                quoted = false;
            if (text.Length > 0)
                text.Append(' ');
            text.Append(varies ? "*" : word);
            if (text.Length > LongestPattern)
                break;
        }

        return text.ToString();
    }
}
