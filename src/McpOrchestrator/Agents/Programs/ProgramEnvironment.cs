using McpOrchestrator.Agents.Configuration;

namespace McpOrchestrator.Agents.Programs;

/// <summary>What a program of an agent gets of our environment: what every program needs, and what its configuration names. Keys and tokens stay here.</summary>
internal static class ProgramEnvironment
{
    private static readonly HashSet<string> s_basic = new(StringComparer.Ordinal)
    {
        "PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "TZ", "TMPDIR", "SHELL", "TERM", "XDG_RUNTIME_DIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "DOTNET_ROOT",
    };

    /// <summary>True for a variable that the program does not inherit.</summary>
    internal static bool IsDropped(ProgramCall program, string name) => !s_basic.Contains(name) && !program.Environment.Contains(name);

    /// <summary>Variables that the configuration sets itself.</summary>
    internal static IReadOnlyDictionary<string, string?> Set(ProgramCall program) => program.Environment
        .Select(v => v.Split('=', 2)).Where(v => v.Length == 2)
        .GroupBy(v => v[0], StringComparer.Ordinal).ToDictionary(g => g.Key, g => (string?)g.Last()[1], StringComparer.Ordinal);

    /// <summary>The program's file: a name is looked up on the PATH, a relative path starts at the repository.</summary>
    internal static string FileName(ProgramCall program, string root) =>
        program.FileName.Contains('/', StringComparison.Ordinal) ? Path.GetFullPath(program.FileName, root) : program.FileName;

    /// <summary>Whether the program is there and may be run.</summary>
    internal static bool Exists(ProgramCall program, string root)
    {
        if (program.FileName.Contains('/', StringComparison.Ordinal)) return IsRunnable(FileName(program, root));
        return (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Any(folder => IsRunnable(Path.Combine(folder, program.FileName)));
    }

    private static bool IsRunnable(string file) =>
        File.Exists(file) && (File.GetUnixFileMode(file) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != UnixFileMode.None;
}
