using System.Diagnostics;
using EndToEndTests.Harness;
using Testing;
using Testing.Models;
using Workflow.Commands;

namespace EndToEndTests;

/// <summary>The daemon with a model server that comes and goes: health tells, work goes on, nothing is lost or done twice.</summary>
[Trait("Category", "EndToEnd")]
public sealed class ModelServerTests
{
    private static readonly TimeSpan s_healthTells = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task Server_StoppedAndStartedDuringTheWork_HealthTellsAndEveryChangeIsWorkedOnOnce()
    {
        await using var simulator = await ModelSimulator.StartAsync(new SimulatorOptions { ServiceTime = TimeSpan.FromMilliseconds(200) });
        await using var served = await ServedRepository.CreateAsync(root =>
        {
            SampleRepository.Write(root, SampleRepository.Kinds);
            return Task.CompletedTask;
        });
        served.Environment["LM_STUDIO_BASE_URL"] = simulator.Address.ToString();
        served.Environment["WO__LM_STUDIO__PATIENCE"] = "60";
        served.Environment["WO__LM_STUDIO__PROBE_INTERVAL"] = "1";
        simulator.Default = Replies.Silence(); // what is asked stands until the server stops
        await served.StartDaemonAsync();
        var ok = await served.WaitForHealthAsync("lm_studio", "ok");
        Assert.Contains("simulated-7b on LM Studio", ok.Text("detail"));

        await Eventually.HoldsAsync("the reviews are under way", () => simulator.Requests.Count >= 4);
        var begun = (await served.ChangesAsync()).Values.Where(change => change.Text("stage") == "reviewing").Select(change => change.Text("change")).ToList();
        Assert.NotEmpty(begun);
        await simulator.StopAsync();
        var stopped = Stopwatch.GetTimestamp();
        SampleRepository.WriteChange(served.Root, "while-it-is-away", 1);
        var degraded = await served.WaitForHealthAsync("lm_studio", "degraded");
        Assert.InRange(Stopwatch.GetElapsedTime(stopped), TimeSpan.Zero, s_healthTells);
        Assert.Contains("lms server start", degraded.Text("remedy"));
        var healthz = await served.CallAsync("get_status");
        Assert.Equal("degraded", healthz.Text("status"));
        var waiting = await served.ChangesAsync();
        Assert.Contains(begun, change => waiting[change].Text("stage") == "reviewing"); // it waits for the model

        simulator.Default = Replies.Obedient();
        await simulator.StartAsync();
        var started = Stopwatch.GetTimestamp();
        await served.WaitForHealthAsync("lm_studio", "ok");
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, s_healthTells);
        SampleRepository.WriteChange(served.Root, "when-it-is-back", 3);
        var changes = await served.WaitSettledAsync();
        Assert.All(changes.Values, change => Assert.NotEqual("parked", change.Text("stage")));

        var updates = await served.UpdatesAsync();
        Assert.All(updates, update => Assert.Equal("applied", update.Text("state")));
        Assert.Equal(updates.Count, updates.Select(update => update.Text("update_id")).Distinct().Count());
        var log = await served.Git.LogAsync();
        Assert.Equal(updates.Count, log.Count(commit => commit.Trailer("Workflow-Update") is { Length: > 0 })); // each written once
        // A change with nothing to say has no report.
        foreach (var report in begun.Append("when-it-is-back").Select(change => Path.Combine(served.ChangeFolder(change), "review.md")).Where(File.Exists))
            Assert.Contains("`simulated-7b`", await File.ReadAllTextAsync(report));
        Assert.Equal(0, simulator.Repeated); // nothing that was answered to its end is asked again
    }

    [Fact]
    public async Task Health_LoadedModelIsUnloadedAndTheListSaysSo_IsDegradedWithRemedy()
    {
        await using var simulator = await ModelSimulator.StartAsync();
        await using var served = await ServedRepository.CreateAsync(root => { SampleRepository.Write(root, 0); return Task.CompletedTask; });
        served.Environment["LM_STUDIO_BASE_URL"] = simulator.Address.ToString();
        served.Environment["WO__LM_STUDIO__PROBE_INTERVAL"] = "1";
        await served.StartDaemonAsync();
        await served.WaitForHealthAsync("lm_studio", "ok");
        simulator.IsLoaded = false;
        var degraded = await served.WaitForHealthAsync("lm_studio", "degraded");
        Assert.Contains("no model is loaded", degraded.Text("detail"));
        Assert.Contains("lms load", degraded.Text("remedy"));
    }

    [Fact]
    public async Task ApiKey_Given_IsSentAndWrittenNowhere()
    {
        const string key = "sk-lm-e2etest1:verysecretkey";
        await using var simulator = await ModelSimulator.StartAsync(new SimulatorOptions { ApiKey = key });
        await using var served = await ServedRepository.CreateAsync(root => { SampleRepository.Write(root, 2); return Task.CompletedTask; });
        served.Environment["LM_STUDIO_BASE_URL"] = simulator.Address.ToString();
        served.Environment["LM_STUDIO_API_KEY"] = key;
        served.Environment["WO__LOGGING__LEVEL"] = "trace";
        var daemon = await served.StartDaemonAsync();
        await served.WaitForHealthAsync("lm_studio", "ok");
        await served.WaitSettledAsync();
        Assert.Equal(0, await daemon.TerminateAsync());
        Assert.DoesNotContain("verysecretkey", daemon.Output);
        foreach (var file in Directory.EnumerateFiles(served.Folder, "*", SearchOption.AllDirectories).Where(file => new FileInfo(file).LinkTarget is null && File.GetUnixFileMode(file).HasFlag(UnixFileMode.UserRead)))
            Assert.DoesNotContain("verysecretkey", await File.ReadAllTextAsync(file));
    }
}
