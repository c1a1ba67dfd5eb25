using System.Globalization;
using System.Text;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Platform.Telemetry;

/// <summary>Collects on demand and renders the Prometheus text format 0.0.4 (https://prometheus.io/docs/instrumenting/exposition_formats/).</summary>
public sealed class PrometheusReader : IDisposable
{
    private const int CollectMilliseconds = 5000;
    private readonly TextExporter _exporter = new();
    private readonly Lock _gate = new();

    public PrometheusReader() => Reader = new BaseExportingMetricReader(_exporter) { TemporalityPreference = MetricReaderTemporalityPreference.Cumulative };

    internal BaseExportingMetricReader Reader { get; }

    /// <summary>The current value of every instrument.</summary>
    /// <exception cref="TimeoutException">Collection took longer than five seconds.</exception>
    public string Scrape()
    {
        lock (_gate)
        {
            return _exporter.Collect?.Invoke(CollectMilliseconds) == true ? _exporter.Text : throw new TimeoutException("Metric collection failed.");
        }
    }

    public void Dispose() => Reader.Dispose();

    [ExportModes(ExportModes.Pull)]
    private sealed class TextExporter : BaseExporter<Metric>, IPullMetricExporter
    {
        private readonly StringBuilder _text = new();

        public Func<int, bool>? Collect { get; set; }

        public string Text { get; private set; } = "";

        public override ExportResult Export(in Batch<Metric> batch)
        {
            _text.Clear();
            foreach (var metric in batch)
                new PrometheusMetricWriter(_text, metric).Write();
            Text = _text.ToString();
            return ExportResult.Success;
        }
    }
}

/// <summary>Writes one metric as Prometheus text.</summary>
internal sealed class PrometheusMetricWriter(StringBuilder text, Metric metric)
{
    public void Write()
    {
        var type = metric.MetricType switch
        {
            MetricType.LongSum or MetricType.DoubleSum => "counter",
            MetricType.Histogram or MetricType.ExponentialHistogram => "histogram",
            _ => "gauge", // gauges and non-monotonic sums
        };
        var name = Name();
        if (type == "counter" && !name.EndsWith("_total", StringComparison.Ordinal))
            name += "_total";
        if (type == "gauge" && name.EndsWith("_count", StringComparison.Ordinal))
            name = name[..^"_count".Length]; // the suffix belongs to histograms: promtool refuses it elsewhere
        if (!string.IsNullOrEmpty(metric.Description))
            text.Append("# HELP ").Append(name).Append(' ').Append(metric.Description.Replace("\\", "\\\\").Replace("\n", "\\n")).Append('\n');
        text.Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
        foreach (ref readonly var point in metric.GetMetricPoints())
            WritePoint(name, point);
    }

    private void WritePoint(string name, MetricPoint point)
    {
        switch (metric.MetricType)
        {
            case MetricType.LongSum or MetricType.LongSumNonMonotonic:
                Sample(name, point.Tags, null, point.GetSumLong());
                break;
            case MetricType.DoubleSum or MetricType.DoubleSumNonMonotonic:
                Sample(name, point.Tags, null, point.GetSumDouble());
                break;
            case MetricType.LongGauge:
                Sample(name, point.Tags, null, point.GetGaugeLastValueLong());
                break;
            case MetricType.DoubleGauge:
                Sample(name, point.Tags, null, point.GetGaugeLastValueDouble());
                break;
            case MetricType.Histogram:
                long cumulative = 0;
                foreach (var bucket in point.GetHistogramBuckets())
                {
                    cumulative += bucket.BucketCount;
                    Sample(name + "_bucket", point.Tags, Number(bucket.ExplicitBound), cumulative);
                }

                Sample(name + "_sum", point.Tags, null, point.GetHistogramSum());
                Sample(name + "_count", point.Tags, null, point.GetHistogramCount());
                break;
        }
    }

    private void Sample(string name, ReadOnlyTagCollection tags, string? bound, double value)
    {
        text.Append(name);
        var first = true;
        foreach (var tag in tags)
            Label(Sanitize(tag.Key), Convert.ToString(tag.Value, CultureInfo.InvariantCulture) ?? "", ref first);
        if (bound is not null)
            Label("le", bound, ref first);
        if (!first)
            text.Append('}');
        text.Append(' ').Append(Number(value)).Append('\n');
    }

    private void Label(string key, string value, ref bool first)
    {
        text.Append(first ? '{' : ',').Append(key).Append("=\"");
        text.Append(value.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n")).Append('"');
        first = false;
    }

    private string Name()
    {
        var name = Sanitize(metric.Name);
        var unit = metric.Unit switch
        {
            "s" => "seconds",
            "ms" => "milliseconds",
            "By" => "bytes",
            "%" => "percent",
            null or "" or "1" => "",
            var u when u.StartsWith('{') => "",
            var u => Sanitize(u),
        };
        return unit.Length == 0 || name.EndsWith("_" + unit, StringComparison.Ordinal) ? name : name + "_" + unit;
    }

    private static string Number(double value) =>
        double.IsPositiveInfinity(value) ? "+Inf"
        : double.IsNegativeInfinity(value) ? "-Inf"
        : double.IsNaN(value) ? "NaN"
        : value.ToString("R", CultureInfo.InvariantCulture);

    private static string Sanitize(string name)
    {
        var result = new StringBuilder(name.Length + 1);
        foreach (var c in name)
            result.Append(char.IsAsciiLetterOrDigit(c) || c is '_' or ':' ? c : '_');
        return result.Length > 0 && char.IsAsciiDigit(result[0]) ? "_" + result : result.ToString();
    }
}
