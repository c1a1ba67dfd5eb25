using EndToEndTests.Harness;
using Testing;
using Workflow.Commands;

namespace EndToEndTests;

/// <summary>What the daemon tells of its work: traces at a collector, metrics at a real Prometheus, logs without secrets.</summary>
[Trait("Category", "EndToEnd")]
public sealed class TelemetryTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Change_OverARestart_IsOneTreeOfSpans()
    {
        await using var collector = OtlpCollector.Start();
        await using var served = await ServedRepository.CreateAsync(root => { SampleRepository.Write(root, 6); return Task.CompletedTask; });
        served.Environment["WO__TELEMETRY__OTLP_ENDPOINT"] = collector.Endpoint.ToString();
        var daemon = await served.StartDaemonAsync();
        await served.WaitSettledAsync();
        Assert.Equal(0, await daemon.TerminateAsync());

        // A question of before is answered after the restart: review, answer and the second commit belong together all the same.
        daemon = await served.StartDaemonAsync();
        var question = (await served.WoJsonAsync("questions")).Items("questions").First(asked => asked.Text("change").Length > 0);
        var change = question.Text("change");
        var updates = (await served.UpdatesAsync()).Count(update => update.Text("change") == change);
        Assert.Equal(0, (await served.WoAsync("answer", question.Text("question_id"), "Within 300 milliseconds at the 95th percentile")).ExitCode);
        await Eventually.HoldsAsync("the answer is written", async () => (await served.UpdatesAsync()).Count(update => update.Text("change") == change) > updates);
        await served.WaitSettledAsync();
        Assert.Equal(0, await daemon.TerminateAsync());

        var spans = collector.Spans;
        var root = Assert.Single(spans, span => span.Name == "change" && span.Tags["workflow.change"] == change);
        Assert.Null(root.ParentId);
        var tree = spans.Where(span => span.TraceId == root.TraceId).ToList();
        var known = tree.Select(span => span.SpanId).ToHashSet(StringComparer.Ordinal);
        Assert.All(tree.Where(span => span != root), span => Assert.Contains(span.ParentId!, known));
        Assert.Empty(new[] { "review", "route question", "answer question", "draft", "update", "commit" }.Except(tree.Select(span => span.Name)));
        Assert.True(tree.Count(span => span.Name == "commit") >= 2, "one commit before the restart and one after it");
        Assert.DoesNotContain(spans, span => span.TraceId != root.TraceId && span.Tags.GetValueOrDefault("workflow.change") == change);
        Assert.True(collector.MetricExports > 0);
    }

    [PrometheusFact]
    public async Task Metrics_AreCheckedByPromtoolAndScrapedByPrometheus()
    {
        await using var served = await ServedRepository.CreateAsync(root => { SampleRepository.Write(root, 6); return Task.CompletedTask; });
        var port = FreePort.Find();
        served.Environment["WO__HTTP__LISTEN"] = $"127.0.0.1:{port}";
        await served.StartDaemonAsync();
        await served.WaitSettledAsync();
        using var http = new HttpClient();
        var text = await http.GetStringAsync(new Uri($"http://127.0.0.1:{port}/metrics"));
        var file = Path.Combine(served.Folder, "metrics.txt");
        await File.WriteAllTextAsync(file, text);
        var check = await served.RunAsync("sh", s_limit, "-c", $"'{PrometheusTools.Promtool}' check metrics < '{file}'");
        Assert.True(check.ExitCode == 0, check.Output + check.Error);

        var config = Path.Combine(served.Folder, "prometheus.yml");
        await File.WriteAllTextAsync(config, $"global:\n  scrape_interval: 1s\nrule_files: ['{PrometheusTools.Rules}']\nscrape_configs:\n- job_name: workflow-orchestrator\n  static_configs: [{{targets: ['127.0.0.1:{port}']}}]\n");
        var own = FreePort.Find();
        var prometheus = served.StartProgram(PrometheusTools.Prometheus, $"--config.file={config}", $"--storage.tsdb.path={served.Folder}/tsdb", $"--web.listen-address=127.0.0.1:{own}");
        await Eventually.HoldsAsync(
            "Prometheus has scraped the daemon",
            async () => await QueryAsync(http, own, "workflow_orchestrator_ready") == "1" && await QueryAsync(http, own, "up") == "1",
            () => prometheus.Output);
        Assert.Equal("6", await QueryAsync(http, own, "sum(workflow_orchestrator_changes)"));
        Assert.NotNull(await QueryAsync(http, own, "workflow_orchestrator_events_total{type=\"update.applied\"}"));
    }

    [PrometheusFact]
    public async Task AlertRules_AreCheckedAndTestedByPromtool()
    {
        await using var served = ServedRepository.Create();
        await served.Git.InitialiseAsync();
        foreach (var arguments in new[] { new[] { "check", "rules", PrometheusTools.Rules }, ["test", "rules", Path.Combine(Programs.Root, "tests", "EndToEndTests", "alerts.test.yml")] })
        {
            var result = await served.RunAsync(PrometheusTools.Promtool, s_limit, arguments);
            Assert.True(result.ExitCode == 0, result.Output + result.Error);
        }
    }

    [Fact]
    public async Task Logs_NeverHoldSecretsOrDocumentText()
    {
        const string Secret = "planted-0123456789abcdef";
        const string Sentence = "The purple heron SHALL settle quickly";
        await using var served = await ServedRepository.CreateAsync(root =>
        {
            SampleRepository.Write(root, 6);
            var spec = Directory.EnumerateFiles(Path.Combine(root, "openspec", "changes"), "spec.md", SearchOption.AllDirectories).First();
            File.AppendAllText(spec, $"\n### Requirement: Heron\n\n{Sentence} near {Secret}.\n\n#### Scenario: Heron\n\n- **WHEN** it comes\n- **THEN** it is seen\n");
            return Task.CompletedTask;
        });
        served.Environment["LM_STUDIO_API_KEY"] = Secret;
        served.Environment["WO__LOGGING__LEVEL"] = "debug";
        var daemon = await served.StartDaemonAsync();
        await served.WaitSettledAsync();
        Assert.Equal(0, (await served.WoAsync("doctor", "--bundle", Path.Combine(served.Folder, "bundle.tar.gz"))).ExitCode);
        Assert.Equal(0, await daemon.TerminateAsync());

        var logs = Directory.EnumerateFiles(Path.Combine(served.StateFolder, "logs")).Select(File.ReadAllText).Append(daemon.Output).ToList();
        var unpacked = Directory.CreateDirectory(Path.Combine(served.Folder, "unpacked")).FullName;
        Assert.Equal(0, (await served.RunAsync("tar", s_limit, "-xzf", Path.Combine(served.Folder, "bundle.tar.gz"), "-C", unpacked)).ExitCode);
        var bundled = Directory.EnumerateFiles(unpacked, "*", SearchOption.AllDirectories).Select(File.ReadAllText).ToList();
        Assert.True(bundled.Count >= 5, "the bundle holds checks, settings, versions, status and logs");
        Assert.All(logs.Concat(bundled), text =>
        {
            Assert.DoesNotContain(Secret, text);
            Assert.DoesNotContain("purple heron", text);
        });
    }

    private static async Task<string?> QueryAsync(HttpClient http, int port, string query)
    {
        try
        {
            var reply = System.Text.Json.JsonElement.Parse(await http.GetStringAsync(new Uri($"http://127.0.0.1:{port}/api/v1/query?query={Uri.EscapeDataString(query)}")));
            return reply.GetProperty("data").Items("result").Select(sample => sample.GetProperty("value")[1].GetString()).FirstOrDefault();
        }
        catch (HttpRequestException)
        {
            return null; // it is starting
        }
    }
}
