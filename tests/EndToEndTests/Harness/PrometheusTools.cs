namespace EndToEndTests.Harness;

/// <summary>Debian's Prometheus and promtool, unpacked by scripts/test.sh; started by tests alone, on loopback.</summary>
internal static class PrometheusTools
{
    /// <summary>Where the programs are; null when they are not there.</summary>
    public static string? Folder { get; } = new[] { Environment.GetEnvironmentVariable("WO_TEST_PROMETHEUS"), Path.Combine(Programs.Root, "artifacts", "tools", "prometheus", "usr", "bin"), "/usr/bin" }
        .FirstOrDefault(folder => folder is { Length: > 0 } && File.Exists(Path.Combine(folder, "promtool")));

    public static string Promtool => Path.Combine(Folder!, "promtool");

    public static string Prometheus => Path.Combine(Folder!, "prometheus");

    public static string Rules => Path.Combine(Programs.Root, "deploy", "prometheus", "alerts.yml");
}

/// <summary>A test with Debian's Prometheus: skipped, and reported so, where it is missing; in CI a missing one is a failure.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PrometheusFactAttribute : FactAttribute
{
    public PrometheusFactAttribute()
    {
        if (PrometheusTools.Folder is null && Environment.GetEnvironmentVariable("CI") != "true")
            Skip = "Prometheus is not there; scripts/test.sh fetches it.";
    }
}
