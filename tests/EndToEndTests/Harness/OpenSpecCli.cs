using System.Text.Json;
using Platform.Processes;

namespace EndToEndTests.Harness;

/// <summary>The verdict of the real command line about one change or spec.</summary>
internal sealed record OpenSpecItem(string Type, string Id);

/// <summary>The real OpenSpec command line (npm <c>@fission-ai/openspec</c>): the judge of what the daemon wrote.</summary>
internal static class OpenSpecCli
{
    private const string Variable = "WO_TEST_OPENSPEC";

    /// <summary>Its path: from the variable that scripts/test.sh sets, else where scripts/test.sh installs it; null when it is not there.</summary>
    public static string? Path { get; } = Find();

    /// <summary>The items that are valid.</summary>
    public static async Task<IReadOnlySet<OpenSpecItem>> ValidItemsAsync(string repository, bool strict)
    {
        string[] arguments = strict ? ["validate", "--all", "--strict", "--json"] : ["validate", "--all", "--json"];
        var result = await RunAsync(repository, arguments);
        if (result.Output.Length == 0)
            throw new InvalidOperationException($"openspec said nothing: {result.ExitCode} {result.Error}");
        using var document = JsonDocument.Parse(result.Output);
        return document.RootElement.GetProperty("items").EnumerateArray()
            .Where(item => item.GetProperty("valid").GetBoolean())
            .Select(item => new OpenSpecItem(item.GetProperty("type").GetString()!, item.GetProperty("id").GetString()!))
            .ToHashSet();
    }

    public static async Task<ChildProcessResult> RunAsync(string repository, params string[] arguments)
    {
        var home = Directory.CreateTempSubdirectory("openspec-home-").FullName;
        try
        {
            var environment = new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                ["HOME"] = home,
                ["XDG_CONFIG_HOME"] = home,
                ["XDG_DATA_HOME"] = home,
                ["OPENSPEC_TELEMETRY"] = "0",
                ["DO_NOT_TRACK"] = "1",
                ["OPENSPEC_NO_UPDATE_CHECK"] = "1",
                ["OPENSPEC_NO_COMPLETIONS"] = "1",
                ["NO_COLOR"] = "1",
                ["OPEN_SPEC_INTERACTIVE"] = "0",
            };
            return await ChildProcess.RunAsync(
                new ChildProcessCall(Path!, arguments, repository, TimeSpan.FromMinutes(3)) { Environment = environment, MaxOutputBytes = 64 * 1024 * 1024 },
                CancellationToken.None);
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }

    private static string? Find()
    {
        var path = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given
            ? given
            : System.IO.Path.Combine(Programs.Root, "tests", "EndToEndTests", "tools", "node_modules", ".bin", "openspec");
        return File.Exists(path) ? path : null;
    }
}

/// <summary>A test that needs the real command line. Without it: skipped, and failed where <c>CI=true</c>.</summary>
internal sealed class OpenSpecFactAttribute : FactAttribute
{
    public OpenSpecFactAttribute() => Skip = OpenSpecRequirement.Skip;
}

/// <inheritdoc cref="OpenSpecFactAttribute"/>
internal sealed class OpenSpecTheoryAttribute : TheoryAttribute
{
    public OpenSpecTheoryAttribute() => Skip = OpenSpecRequirement.Skip;
}

internal static class OpenSpecRequirement
{
    /// <summary>Why the test cannot run here; null when it can, or when it must.</summary>
    public static string? Skip { get; } = OpenSpecCli.Path is null && Environment.GetEnvironmentVariable("CI") != "true"
        ? "The real openspec command line is not installed: run scripts/test.sh, or 'npm ci' in tests/EndToEndTests/tools."
        : null;
}
