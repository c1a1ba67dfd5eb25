using System.Diagnostics;

namespace OpenSpec.Tests.Differential;

/// <summary>The installed command line, <c>npm ci --ignore-scripts --prefix tests/EndToEndTests/tools</c>.</summary>
internal static class CommandLine
{
    /// <summary>Set to the package's folder, the one with its <c>package.json</c>.</summary>
    private const string Variable = "OPENSPEC_PACKAGE";

    /// <summary>The package's folder; null when it is not installed. Looked for in <c>artifacts/openspec-cli</c> and <c>tests/EndToEndTests/tools</c> of a folder above this one, too.</summary>
    public static string? Package { get; } = Find();

    /// <summary>Runs the driver over a folder of projects.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="limit">How long it may take.</param>
    public static void Run(string folder, TimeSpan limit)
    {
        var start = new ProcessStartInfo("node", [Path.Combine(AppContext.BaseDirectory, "Differential", "driver.mjs"), Package!, folder])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardError = true,
        };
        var home = Directory.CreateDirectory(Path.Combine(folder, "..", "home-" + Path.GetFileName(folder))).FullName;
        foreach (var (path, text) in ProjectGenerator.UserSchemas)
        {
            var full = Path.Combine(home, "openspec", "schemas", path);
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            File.WriteAllText(full, text);
        }

        foreach (var name in new[] { "HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME" })
            start.Environment[name] = home;
        foreach (var name in new[] { "DO_NOT_TRACK", "OPENSPEC_NO_UPDATE_CHECK", "OPENSPEC_NO_COMPLETIONS", "NO_COLOR", "CI" })
            start.Environment[name] = "1";
        start.Environment["OPENSPEC_TELEMETRY"] = "0";
        start.Environment["OPEN_SPEC_INTERACTIVE"] = "0";
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(limit))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"The command line did not end within {limit}.");
        }

        if (process.ExitCode != 0)
            throw new InvalidOperationException($"The driver ended with {process.ExitCode}: {errors.GetAwaiter().GetResult()}");
    }

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } folder)
            return Directory.Exists(folder) ? folder : throw new DirectoryNotFoundException($"{Variable} names {folder}, which does not exist.");
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            foreach (var place in new[] { "artifacts/openspec-cli", "tests/EndToEndTests/tools" })
            {
                var candidate = Path.Combine(directory.FullName, place, "node_modules", "@fission-ai", "openspec");
                if (File.Exists(Path.Combine(candidate, "package.json")))
                    return candidate;
            }
        }

        return null;
    }
}

/// <summary>A test that needs the real command line. Without it: skipped, and failed where <c>CI=true</c>.</summary>
internal sealed class CommandLineFactAttribute : FactAttribute
{
    public CommandLineFactAttribute() => Skip = CommandLine.Package is null && Environment.GetEnvironmentVariable("CI") != "true"
        ? "The original command line is not installed: npm ci --ignore-scripts --prefix tests/EndToEndTests/tools"
        : null;
}
