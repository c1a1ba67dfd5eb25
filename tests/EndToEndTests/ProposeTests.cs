using System.Text.Json;
using EndToEndTests.Harness;
using Platform.Processes;

namespace EndToEndTests;

/// <summary><c>wo propose</c> and <c>wo validate</c>, judged by the real command line.</summary>
[Trait("Category", "EndToEnd")]
public sealed class ProposeTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("wo-propose-e2e-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [OpenSpecFact]
    public async Task Propose_NewAndExistingCapability_TheCommandLineAcceptsAndArchivesBoth()
    {
        Directory.CreateDirectory(Path.Join(_root, "openspec", "specs"));
        await WoAsync("propose", "Remember the last search", "--capability", "search");
        Assert.Equal([new OpenSpecItem("change", "remember-the-last-search")], await OpenSpecCli.ValidItemsAsync(_root, strict: true));
        await ArchiveAsync("remember-the-last-search");
        await WoAsync("propose", "Forget it on request: \"now\" & <here> #1", "--capability", "search", "--id", "forget");
        Assert.Contains(new OpenSpecItem("change", "forget"), await OpenSpecCli.ValidItemsAsync(_root, strict: true));
        await ArchiveAsync("forget");
        Assert.Equal([new OpenSpecItem("spec", "search")], await OpenSpecCli.ValidItemsAsync(_root, strict: true));
    }

    [OpenSpecFact]
    public async Task Validate_SchemaOfTheUser_SameVerdictAsTheCommandLine()
    {
        var data = Path.Join(_root, "data");
        Write("data/openspec/schemas/mine/schema.yaml", "name: mine\nversion: 1\nartifacts:\n  - id: plan\n    generates: plan.md\n    description: d\n    template: plan.md\n");
        Write("openspec/changes/known/.openspec.yaml", "schema: mine\nskip_specs: true\n");
        Write("openspec/changes/unknown/.openspec.yaml", "schema: other\nskip_specs: true\n");
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal) { ["XDG_DATA_HOME"] = data, ["OPENSPEC_TELEMETRY"] = "0", ["DO_NOT_TRACK"] = "1", ["OPENSPEC_NO_UPDATE_CHECK"] = "1", ["CI"] = "1" };
        string[] arguments = ["validate", "--all", "--strict", "--json"];
        var (here, there) = (Verdicts(await RunAsync(Programs.Wo, arguments, environment)), Verdicts(await RunAsync(OpenSpecCli.Path!, arguments, environment)));
        Assert.Equal(["known True", "unknown False"], there);
        Assert.Equal(there, here);
    }

    private static string[] Verdicts(ChildProcessResult result)
    {
        using var json = JsonDocument.Parse(result.Output);
        return [.. json.RootElement.GetProperty("items").EnumerateArray().Select(i => $"{i.GetProperty("id").GetString()} {i.GetProperty("valid").GetBoolean()}")];
    }

    private async Task WoAsync(params string[] arguments)
    {
        var result = await RunAsync(Programs.Wo, arguments, new Dictionary<string, string?>(StringComparer.Ordinal));
        Assert.True(result.ExitCode == 0, result.Output + result.Error);
    }

    private async Task ArchiveAsync(string change)
    {
        var result = await OpenSpecCli.RunAsync(_root, "archive", change, "--yes", "--json");
        Assert.True(result.ExitCode == 0, result.Output + result.Error);
    }

    private async Task<ChildProcessResult> RunAsync(string program, string[] arguments, IReadOnlyDictionary<string, string?> environment) =>
        await ChildProcess.RunAsync(new ChildProcessCall(program, arguments, _root, TimeSpan.FromMinutes(2)) { Environment = environment }, CancellationToken.None);

    private void Write(string path, string text)
    {
        var full = Path.Join(_root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }
}
