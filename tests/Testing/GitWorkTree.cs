using Platform.Processes;

namespace Testing;

/// <summary>A commit and the trailers that the daemon writes.</summary>
public sealed record GitCommit(string Hash, string Subject, IReadOnlyDictionary<string, IReadOnlyList<string>> Trailers)
{
    /// <summary>The one value of a trailer; null when there is none.</summary>
    public string? Trailer(string name) => Trailers.TryGetValue(name, out var values) ? values.Single() : null;
}

/// <summary>A git work tree in a folder, driven by the command line as a person would, untouched by this machine's git configuration.</summary>
public sealed class GitWorkTree(string folder)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(120);

    /// <summary>What keeps git from reading the user's and the machine's settings.</summary>
    public static IReadOnlyDictionary<string, string> Isolation { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["GIT_CONFIG_GLOBAL"] = "/dev/null",
        ["GIT_CONFIG_NOSYSTEM"] = "1",
        ["GIT_TERMINAL_PROMPT"] = "0",
    };

    public string Folder => folder;

    /// <summary>Makes the folder a repository with a committer and no commit.</summary>
    public async Task InitialiseAsync()
    {
        Directory.CreateDirectory(folder);
        await RunAsync("init", "--quiet", "--initial-branch=main");
        await RunAsync("config", "user.name", "A. Person");
        await RunAsync("config", "user.email", "person@example.invalid");
        await RunAsync("config", "commit.gpgsign", "false");
        await RunAsync("config", "core.autocrlf", "false");
        await RunAsync("config", "gc.auto", "0");
    }

    /// <summary>Commits everything that is not ignored. Waits while another git holds the index.</summary>
    public async Task CommitAllAsync(string message)
    {
        await Eventually.HoldsAsync("git add", async () => (await TryAsync("add", "--all")).ExitCode == 0);
        await Eventually.HoldsAsync("git commit", async () => (await TryAsync("commit", "--quiet", "--allow-empty", "-m", message)).ExitCode == 0);
    }

    /// <summary>Output of a git command.</summary>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public async Task<string> RunAsync(params string[] arguments)
    {
        var result = await TryAsync(arguments);
        return result.ExitCode == 0 ? result.Output : throw new InvalidOperationException($"git {string.Join(' ', arguments)}: {result.ExitCode} {result.Error}{result.Output}");
    }

    public Task<ChildProcessResult> TryAsync(params string[] arguments) =>
        ChildProcess.RunAsync(
            new ChildProcessCall("git", ["--no-pager", .. arguments], folder, Timeout)
            {
                Environment = Isolation.ToDictionary(pair => pair.Key, pair => (string?)pair.Value, StringComparer.Ordinal),
                DropVariable = name => name.StartsWith("GIT_", StringComparison.Ordinal),
                MaxOutputBytes = 64 * 1024 * 1024,
            },
            CancellationToken.None);

    /// <summary>Short status of every file that differs; empty when the tree is clean.</summary>
    public async Task<IReadOnlyList<string>> StatusAsync() =>
        (await RunAsync("status", "--porcelain=v1", "--untracked-files=all")).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>All commits of the branch, newest first.</summary>
    public async Task<IReadOnlyList<GitCommit>> LogAsync()
    {
        var log = await RunAsync("log", "--format=%H%x1f%s%x1f%(trailers:unfold,only)%x1e");
        return [.. log.Split('\x1e', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(Parse)];
    }

    /// <summary>Paths that differ between a commit and the newest one.</summary>
    public async Task<IReadOnlyList<string>> ChangedFilesAsync(string since) =>
        (await RunAsync("diff", "--name-only", "-z", since, "HEAD")).Split('\0', StringSplitOptions.RemoveEmptyEntries);

    private static GitCommit Parse(string entry)
    {
        var parts = entry.Split('\x1f');
        var trailers = parts[2].Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(": ", 2))
            .Where(pair => pair.Length == 2)
            .GroupBy(pair => pair[0], pair => pair[1].Trim(), StringComparer.Ordinal)
            .ToDictionary(group => group.Key, IReadOnlyList<string> (group) => [.. group], StringComparer.Ordinal);
        return new GitCommit(parts[0], parts[1], trailers);
    }
}
