using System.Text.RegularExpressions;

namespace Testing.Models;

/// <summary>llama.cpp with a tiny random model, as a process. <c>scripts/test.sh</c> installs it.</summary>
public sealed partial class RealEngine : IAsyncDisposable
{
    private readonly RunningProgram _program;

    private RealEngine(RunningProgram program, Uri address) => (_program, Address) = (program, address);

    public Uri Address { get; }

    /// <summary>The folder with the engine, when it is installed; the variable that scripts/test.sh sets goes first.</summary>
    public static string? Folder { get; } = Find();

    /// <summary>Starts it and waits until it serves.</summary>
    /// <param name="slots">Requests at a time.</param>
    /// <param name="contextTokens">Context of each slot.</param>
    /// <param name="port">0: a free one.</param>
    public static async Task<RealEngine> StartAsync(int slots = 1, int contextTokens = 8192, int port = 0)
    {
        var folder = Folder ?? throw new InvalidOperationException("The engine is not installed: run scripts/test.sh.");
        if (port == 0)
            port = FreePort.Find();
        var environment = Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>().ToDictionary(entry => (string)entry.Key, entry => (string)entry.Value!, StringComparer.Ordinal);
        var program = RunningProgram.Start("node", ["server.mjs", "tiny-random-llama.gguf", $"{port}", $"{slots}", $"{contextTokens}"], folder, environment);
        try
        {
            await Eventually.HoldsAsync("the engine serves", () => program.HasExited ? throw new InvalidOperationException(program.Output) : Ready().IsMatch(program.Output), () => program.Output);
        }
        catch
        {
            await program.DisposeAsync();
            throw;
        }

        return new RealEngine(program, new Uri($"http://127.0.0.1:{port}"));
    }

    public ValueTask DisposeAsync() => _program.DisposeAsync();

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("WO_TEST_ENGINE") is { Length: > 0 } given)
            return Directory.Exists(Path.Combine(given, "node_modules", "node-llama-cpp")) ? given : null;
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var engine = Path.Combine(folder.FullName, "tests", "EndToEndTests", "engine");
            if (Directory.Exists(engine))
                return Directory.Exists(Path.Combine(engine, "node_modules", "node-llama-cpp")) ? engine : null;
        }

        return null;
    }

    [GeneratedRegex("^ready http", RegexOptions.Multiline)]
    private static partial Regex Ready();
}
