using System.Text;
using Platform.Processes;

namespace EndToEndTests.Harness;

/// <summary>Looks for processes that somebody has left behind.</summary>
internal static class ProcessTable
{
    /// <summary>Processes (other than this one) whose command line or environment mentions a text, such as the path of a test's own folder.</summary>
    public static async Task<IReadOnlyList<string>> MentioningAsync(string text) =>
        Directory.Exists("/proc/self") ? FromProc(text) : await FromPsAsync(text);

    private static List<string> FromProc(string text)
    {
        var found = new List<string>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), out var id) || id == Environment.ProcessId)
                continue;
            var (command, environment) = (Read(Path.Combine(folder, "cmdline")), Read(Path.Combine(folder, "environ")));
            if (command.Contains(text, StringComparison.Ordinal) || environment.Contains(text, StringComparison.Ordinal))
                found.Add($"{id} {command}");
        }

        return found;
    }

    private static string Read(string path)
    {
        try
        {
            return Encoding.UTF8.GetString(File.ReadAllBytes(path)).Replace('\0', ' ');
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return ""; // ended meanwhile, or is somebody else's
        }
    }

    private static async Task<IReadOnlyList<string>> FromPsAsync(string text)
    {
        var result = await ChildProcess.RunAsync(new ChildProcessCall("ps", ["-A", "-E", "-ww", "-o", "pid=,command="], "/", TimeSpan.FromSeconds(30)), CancellationToken.None);
        return [.. result.Output.Split('\n').Where(line => line.Contains(text, StringComparison.Ordinal))];
    }
}
