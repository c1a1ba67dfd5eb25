using McpOrchestrator.Agents.Librarian.Text;

namespace McpOrchestrator.Agents.Librarian.Answering;

/// <summary>A measurable quality: what its value looks like, and the words that stand beside the value instead of the quality's own name.</summary>
internal sealed record Quality(Dimension Dimension, IReadOnlySet<string> Cues);

/// <summary>The qualities that reviewers ask for. "Latency" is rarely named where it is defined: "results are returned within 300 ms".</summary>
internal static class Qualities
{
    private static readonly Dictionary<string, Quality> s_byStem = Build();

    internal static Quality? Of(string stem) => s_byStem.GetValueOrDefault(stem);

    /// <summary>True for names such as "Response times" or "Latency limits", which state a quality for a whole capability.</summary>
    internal static bool NamesOnlyQuality(IReadOnlySet<string> title) =>
        title.Any(s => s_byStem.ContainsKey(s) || s == s_performance) && title.All(s => s_byStem.ContainsKey(s) || s == s_performance || StopWords.Contains(s) || StopWords.IsFrame(s));

    private static readonly string s_performance = Words.StemOf("performance");

    private static Dictionary<string, Quality> Build()
    {
        var result = new Dictionary<string, Quality>(StringComparer.Ordinal);
        Add("latency", Dimension.Time, "latency within under below respond response p95 p99 p50 percentile faster");
        Add("response", Dimension.Time, "respond response within under below p95 p99 p50 percentile faster");
        Add("timeout", Dimension.Time, "timeout expire inactive inactivity idle abort cancel give wait within end");
        Add("delay", Dimension.Time, "delay wait within later postpone debounce");
        Add("interval", Dimension.Time, "interval every each period frequency");
        Add("frequency", Dimension.Time | Dimension.Rate | Dimension.Count, "every each interval period hourly daily weekly");
        Add("duration", Dimension.Time, "duration last take within length up");
        Add("retention", Dimension.Time | Dimension.Count, "retain keep kept retention delete purge preserve store");
        Add("lifetime", Dimension.Time, "lifetime expire valid ttl live");
        Add("throughput", Dimension.Rate | Dimension.Count, "throughput per handle process concurrent rps");
        Add("rate", Dimension.Rate | Dimension.Count | Dimension.Share, "rate per every most");
        Add("concurrency", Dimension.Count, "concurrent parallel simultaneous same once most");
        Add("size", Dimension.Size | Dimension.Count, "size large up most exceed larger over reject");
        Add("length", Dimension.Size | Dimension.Count, "length long up most least characters exceed longer");
        Add("capacity", Dimension.Count | Dimension.Size, "capacity up most hold");
        Add("retry", Dimension.Count, "retry attempt again times");
        Add("quota", Dimension.Any, "quota per up most exceed");
        Add("availability", Dimension.Share, "availability available uptime");
        Add("age", Dimension.Time, "old older age");
        return result;

        void Add(string name, Dimension dimension, string cues) =>
            result[Words.StemOf(name)] = new Quality(dimension, cues.Split(' ').Select(c => Words.StemOf(c)).ToHashSet(StringComparer.Ordinal));
    }
}
