using EndToEndTests.Harness;
using Platform.Processes;
using Testing;
using Testing.Models;

namespace EndToEndTests;

/// <summary>Step 2 of start-all.sh with an <c>lms</c> that writes down how it was called and does what the real one does to the server.</summary>
[Trait("Category", "EndToEnd")]
public sealed class LmStudioStepTests : IAsyncLifetime
{
    private const string Lms = """
        #!/usr/bin/env bash
        echo "$*" >>"$FAKE_LMS/calls"
        case "$1 $2" in
            "daemon up") echo '{"status":"running"}' ;;
            "ps --json") cat "$FAKE_LMS/ps" 2>/dev/null || echo '[]' ;;
            "server start") touch "$FAKE_LMS/start"; for _ in $(seq 200); do [[ ! -e $FAKE_LMS/started ]] || exit "$(cat "$FAKE_LMS/started")"; sleep 0.05; done ;;
            load*) touch "$FAKE_LMS/load"; for _ in $(seq 200); do [[ ! -e $FAKE_LMS/loaded ]] || exit "$(cat "$FAKE_LMS/loaded")"; sleep 0.05; done ;;
        esac
        """;

    private readonly ServedRepository _served = ServedRepository.Create();
    private readonly string _fake;

    public LmStudioStepTests()
    {
        Directory.CreateDirectory(_served.Root);
        _fake = Directory.CreateDirectory(Path.Combine(_served.Folder, "fake")).FullName;
        _served.Environment["FAKE_LMS"] = _fake;
        _served.Environment["LM_START_SECONDS"] = "20";
    }

    [Fact]
    public async Task Step_InstalledAndNotRunning_StartsLoadsAndAsks()
    {
        await using var simulator = new ModelSimulator(new SimulatorOptions(), FreePort.Find()) { IsLoaded = false };
        Install();
        var step = RunAsync(simulator.Address, "");
        await Eventually.HoldsAsync("the server is to be started", () => Exists("start"));
        await simulator.StartAsync();
        await AnswerAsync("started", 1); // a false failure: HTTP is what counts
        await Eventually.HoldsAsync("a model is to be loaded", () => Exists("load"));
        simulator.IsLoaded = true;
        await AnswerAsync("loaded", 0);
        var result = await step;
        Assert.Contains("2 LM Studio          ready     simulated-7b on LM Studio", result.Output);
        Assert.Contains("ready=1", result.Output);
        Assert.Equal(
            ["daemon up --json", $"server start --port {simulator.Port} --bind 127.0.0.1", "ps --json", "load simulated-7b -y --identifier wo-main -c 32768 --parallel 4"],
            Calls());
    }

    [Fact]
    public async Task Step_RunningAndLoaded_CallsLmsNotAtAll()
    {
        await using var simulator = await ModelSimulator.StartAsync();
        Install();
        Assert.Contains("ready=1", (await RunAsync(simulator.Address, "")).Output);
        Assert.Empty(Calls());
        Assert.Equal(0, simulator.Loads);
    }

    [Fact]
    public async Task Step_LoadedTooSmall_WarnsAndStacksNoSecondInstance()
    {
        await using var simulator = await ModelSimulator.StartAsync(new SimulatorOptions { ContextTokens = 4096 });
        Install();
        var result = await RunAsync(simulator.Address, "");
        Assert.Contains("WARNING   loaded with a context of 4096 tokens, 32768 are wanted", result.Output);
        Assert.Contains("ready=1", result.Output);
        Assert.Empty(Calls());
    }

    [Fact]
    public async Task Step_NotInstalled_SaysWhatToRunAndGoesOn()
    {
        var result = await RunAsync(new Uri($"http://127.0.0.1:{FreePort.Find()}"), "");
        Assert.Contains("LM Studio is not installed", result.Output);
        Assert.Contains("lms server start", result.Output);
        Assert.EndsWith("ready=\n", result.Output);
    }

    [Fact]
    public async Task Step_LoadFails_SaysTheCommand()
    {
        await using var simulator = await ModelSimulator.StartAsync();
        simulator.IsLoaded = false;
        Install();
        await AnswerAsync("loaded", 1);
        var result = await RunAsync(simulator.Address, "");
        Assert.Contains("simulated-7b could not be loaded", result.Output);
        Assert.Contains("lms load simulated-7b -c 32768 --parallel 4", result.Output);
        Assert.EndsWith("ready=\n", result.Output);
    }

    [Fact]
    public async Task Step_SeveralModels_AsksWhichAndTakesTheOneOfTheSettings()
    {
        await using var simulator = await ModelSimulator.StartAsync(new SimulatorOptions { Downloaded = ["other-3b"] });
        simulator.IsLoaded = false;
        Install();
        Assert.Contains("set lm_studio.model in the configuration to one of: other-3b simulated-7b", (await RunAsync(simulator.Address, "")).Output);
        Assert.Empty(Calls());
        await AnswerAsync("loaded", 0);
        simulator.IsLoaded = true;
        Assert.Contains("ready=1", (await RunAsync(simulator.Address, "simulated-7b")).Output);
    }

    [Fact]
    public async Task Step_Off_LooksAtNothing()
    {
        await using var simulator = await ModelSimulator.StartAsync();
        Install();
        Assert.Contains("off ", (await RunAsync(simulator.Address, "", mode: "off")).Output);
        Assert.Empty(Calls());
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _served.DisposeAsync();

    private void Install()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_served.Folder, "bin")).FullName;
        var lms = Path.Combine(folder, "lms");
        File.WriteAllText(lms, Lms);
        File.SetUnixFileMode(lms, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        _served.Environment["PATH"] = folder + ":" + _served.Environment["PATH"];
    }

    private Task<ChildProcessResult> RunAsync(Uri address, string model, string mode = "auto")
    {
        _served.Environment["LM_STUDIO_BASE_URL"] = address.ToString();
        if (model.Length > 0)
            _served.Environment["WO__LM_STUDIO__MODEL"] = model;
        const string script = """
            source "$1/lib.sh"; source "$1/lm-studio.sh"
            PROGRAM=$2 REPO=$3
            wo() { "$PROGRAM" --repo "$REPO" "$@"; }
            lm_studio_step "$4" "$5" "$6" 32768 4 "$FAKE_LMS/log"
            echo "ready=$lm_ready"
            """;
        return _served.RunAsync("/bin/bash", TimeSpan.FromMinutes(2), "-c", script, "step", Path.GetDirectoryName(Programs.Script("lib.sh"))!, Programs.Wo, _served.Root, address.ToString(), mode, model);
    }

    private bool Exists(string name) => File.Exists(Path.Combine(_fake, name));

    // Written under another name first: the script must not read half of it.
    private async Task AnswerAsync(string name, int exitCode)
    {
        var path = Path.Combine(_fake, name);
        await File.WriteAllTextAsync(path + ".new", $"{exitCode}");
        File.Move(path + ".new", path, overwrite: true);
    }

    private string[] Calls() => Exists("calls") ? File.ReadAllLines(Path.Combine(_fake, "calls")) : [];
}
