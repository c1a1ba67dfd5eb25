using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Benchmarks;

/// <summary><c>bench.sh daemon</c>: the real process with 100 changes: start to ready, then what it costs while nothing happens.</summary>
internal static class DaemonBenchmark
{
    private const int Changes = 100;
    private const int Starts = 5;
    private const double MaxStartMilliseconds = 1500;
    private const double MaxIdleShareOfCore = 0.005;
    private const double MaxIdleMegabytes = 150;
    // The runtime goes on compiling hot methods for a while after the start; what is measured is the hour, not the first minute.
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(75);
    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static int Run() => RunAsync().GetAwaiter().GetResult();

    private static async Task<int> RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("wo-bench-").FullName;
        try
        {
            WriteRepository(Path.Combine(folder, "repo"));
            var starts = new List<double>();
            using (var warm = await DaemonUnderTest.StartAsync(folder)) // settles the changes once, so that the starts below measure starting
                await warm.SettledAsync(Patience);
            for (var i = 0; i < Starts; i++)
            {
                using var daemon = await DaemonUnderTest.StartAsync(folder);
                starts.Add(daemon.ReadyAfter.TotalMilliseconds);
            }

            using var idle = await DaemonUnderTest.StartAsync(folder);
            await idle.SettledAsync(Patience);
            await Task.Delay(WarmUp);
            var before = idle.Cpu;
            await Task.Delay(IdleTime);
            var share = (idle.Cpu - before) / IdleTime;
            starts.Sort();
            return Report(
            [
                ("start to ready, 100 changes (median)", starts[Starts / 2], MaxStartMilliseconds, "ms"),
                ("idle share of one core, from 75 s after the start", share * 100, MaxIdleShareOfCore * 100, "%"),
                ("idle resident memory", idle.ResidentMegabytes, MaxIdleMegabytes, "MB"),
            ]);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static int Report((string What, double Value, double Limit, string Unit)[] rows)
    {
        var lines = rows.Select(row => string.Create(CultureInfo.InvariantCulture, $"| {row.What} | {row.Value:0.##} {row.Unit} | <= {row.Limit:0.##} {row.Unit} | {row.Value / row.Limit:0.00} | {(row.Value <= row.Limit ? "kept" : "BROKEN")} |"));
        var text = string.Join('\n', lines.Prepend("|---|---|---|---|---|").Prepend("| daemon | measured | limit | ratio | |")) + "\n";
        Console.WriteLine(text);
        Directory.CreateDirectory("artifacts/bench");
        File.WriteAllText("artifacts/bench/daemon.md", text);
        return rows.All(row => row.Value <= row.Limit) ? 0 : 1;
    }

    private static void WriteRepository(string repository)
    {
        for (var i = 0; i < Changes; i++)
        {
            var change = Path.Combine(repository, "openspec", "changes", $"change-{i:000}");
            Directory.CreateDirectory(Path.Combine(change, "specs", $"capability-{i:000}"));
            File.WriteAllText(Path.Combine(change, "proposal.md"), $"# Change {i}\n\n## Why\n\nReaders asked for export number {i}, and nothing offers it today.\n\n## What Changes\n\n- Export {i}\n");
            File.WriteAllText(Path.Combine(change, "tasks.md"), "# Tasks\n\n## 1. Export\n\n- [ ] 1.1 Write the exporter; its test passes\n");
            File.WriteAllText(
                Path.Combine(change, "specs", $"capability-{i:000}", "spec.md"),
                $"## ADDED Requirements\n\n### Requirement: Export {i}\n\nThe shop SHALL export list {i} as one CSV file within 2 seconds.\n\n#### Scenario: List of 10 rows\n\n- **WHEN** a reader exports a list of 10 rows\n- **THEN** the file holds 11 lines\n\n#### Scenario: Empty list\n\n- **WHEN** a reader exports an empty list\n- **THEN** the page says that there is nothing to export\n");
        }
    }
}

/// <summary>A running daemon of the build.</summary>
internal sealed class DaemonUnderTest : IDisposable
{
    private readonly Process _process;
    private readonly Uri _address;

    private DaemonUnderTest(Process process, Uri address)
    {
        _process = process;
        _address = address;
    }

    /// <summary>From the start of the process to the first 200 of <c>/readyz</c>.</summary>
    public TimeSpan ReadyAfter { get; private set; }

    public TimeSpan Cpu
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    public double ResidentMegabytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64 / 1e6;
        }
    }

    public static async Task<DaemonUnderTest> StartAsync(string folder)
    {
        var port = FreePort();
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("WO_BENCH_WO") ?? Path.Combine(AppContext.BaseDirectory, "wo")) { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (var argument in new[] { "--repo", Path.Combine(folder, "repo"), "run" })
            start.ArgumentList.Add(argument);
        start.Environment["XDG_STATE_HOME"] = Path.Combine(folder, "state");
        start.Environment["WORKFLOW_ORCHESTRATOR_SOCKET"] = Path.Combine(folder, "d.sock");
        start.Environment["MCP_ORCHESTRATOR_SOCKET"] = Path.Combine(folder, "m.sock");
        start.Environment["WO__HTTP__LISTEN"] = $"127.0.0.1:{port}";
        start.Environment["WO__DOCUMENT_UPDATES__AUTO_COMMIT"] = "false";
        var clock = Stopwatch.StartNew();
        var process = Process.Start(start)!;
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        var daemon = new DaemonUnderTest(process, new Uri($"http://127.0.0.1:{port}"));
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        while (!await IsOkAsync(http, new Uri(daemon._address, "/readyz")))
        {
            if (process.HasExited || clock.Elapsed > TimeSpan.FromSeconds(60))
                throw new InvalidOperationException("The daemon did not become ready.");
            await Task.Delay(5);
        }

        daemon.ReadyAfter = clock.Elapsed;
        return daemon;
    }

    /// <summary>Waits until the process has used next to no processor time for two seconds.</summary>
    public async Task SettledAsync(TimeSpan patience)
    {
        var clock = Stopwatch.StartNew();
        for (var last = Cpu; clock.Elapsed < patience; last = Cpu)
        {
            await Task.Delay(TimeSpan.FromSeconds(2));
            if (Cpu - last < TimeSpan.FromMilliseconds(40))
                return;
        }
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private static async Task<bool> IsOkAsync(HttpClient http, Uri address)
    {
        try
        {
            using var response = await http.GetAsync(address);
            return response.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false; // not listening yet
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
