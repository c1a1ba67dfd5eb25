using System.Runtime.InteropServices;

namespace Testing.Models;

/// <summary>
/// The simulator as a program: <c>Testing lm-studio --port 1234 [--slots 4] [--context 32768] [--service-ms 200] [--server LmStudio] [--unloaded]</c>.
/// Prints its address and serves until it is ended.
/// </summary>
internal static class SimulatorProgram
{
    public static async Task<int> Main(string[] args)
    {
        if (args is not ["lm-studio", ..])
        {
            await Console.Error.WriteLineAsync("usage: Testing lm-studio [--port N] [--slots N] [--context N] [--service-ms N] [--server LmStudio|LmStudioOld|LlamaCpp|Ollama|Plain] [--unloaded]");
            return 2;
        }

        var options = new SimulatorOptions
        {
            Slots = Number(args, "--slots", 4),
            ContextTokens = Number(args, "--context", 32_768),
            ServiceTime = TimeSpan.FromMilliseconds(Number(args, "--service-ms", 0)),
            Server = Enum.Parse<SimulatedServer>(Value(args, "--server") ?? nameof(SimulatedServer.LmStudio), ignoreCase: true),
        };
        await using var simulator = new ModelSimulator(options, Number(args, "--port", 1234)) { IsLoaded = !args.Contains("--unloaded") };
        await simulator.StartAsync();
        Console.WriteLine($"ready {simulator.Address}");
        var ended = new TaskCompletionSource();
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
        await ended.Task;
        return 0;

        void End(PosixSignalContext context)
        {
            context.Cancel = true;
            ended.TrySetResult();
        }
    }

    private static string? Value(string[] args, string name) => Array.IndexOf(args, name) is var at and >= 0 && at + 1 < args.Length ? args[at + 1] : null;

    private static int Number(string[] args, string name, int fallback) => Value(args, name) is { } text ? int.Parse(text) : fallback;
}
