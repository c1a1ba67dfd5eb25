using System.ComponentModel;
using System.Diagnostics;
using Platform.Processes;

namespace Workflow.Documents.Git;

/// <summary>Runs git: an argument list, no prompt, no pager, English messages, a time limit, and none of the caller's own <c>GIT_…</c> redirections.</summary>
/// <param name="folder">Where to run; asked each time, because a branch without the folder may be checked out.</param>
/// <param name="timeout">Of one command.</param>
internal sealed class GitCommand(Func<string> folder, TimeSpan timeout)
{
    /// <summary>Git in a folder that stays.</summary>
    public GitCommand(string folder, TimeSpan timeout)
        : this(() => folder, timeout)
    {
    }

    // A daemon that was started from a git hook inherits GIT_DIR, GIT_INDEX_FILE and others that would point git at another index or repository.
    // What says who commits, and which configuration counts, is kept.
    private static readonly string[] s_kept = ["GIT_AUTHOR_", "GIT_COMMITTER_", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM", "GIT_EXEC_PATH", "GIT_SSH", "GIT_TEMPLATE_DIR", "GIT_CEILING_DIRECTORIES"];

    private static readonly string[] s_noHousekeeping = ["-c", "maintenance.auto=false", "-c", "gc.auto=0"]; // the second for git before 2.29

    private static readonly Dictionary<string, string?> s_environment = new(StringComparer.Ordinal)
    {
        ["GIT_TERMINAL_PROMPT"] = "0",
        ["GIT_PAGER"] = "cat",
        ["GIT_EDITOR"] = ":",
        ["LC_ALL"] = "C",
    };

    private static readonly Dictionary<string, string?> s_readEnvironment = new(s_environment, StringComparer.Ordinal) { ["GIT_OPTIONAL_LOCKS"] = "0" };

    /// <summary>Runs a command that only looks: it takes no lock, not even to refresh the index.</summary>
    public Task<ChildProcessResult> ReadAsync(CancellationToken cancellationToken, params IReadOnlyList<string> arguments) =>
        RunAsync(s_readEnvironment, arguments, cancellationToken);

    /// <summary>
    /// Runs a command that changes the repository. The user's hooks run, and share the time limit. Git's housekeeping does not: it may take minutes, goes on
    /// behind the command that started it, and takes locks; the person's own commands do it.
    /// </summary>
    public Task<ChildProcessResult> WriteAsync(CancellationToken cancellationToken, params IReadOnlyList<string> arguments) =>
        RunAsync(s_environment, [.. s_noHousekeeping, .. arguments], cancellationToken);

    /// <summary>How to start a git that only looks and is talked to through its pipes.</summary>
    public ProcessStartInfo ReadInfo(params IReadOnlyList<string> arguments)
    {
        var info = new ProcessStartInfo("git", ["--no-pager", "--literal-pathspecs", .. arguments])
        {
            WorkingDirectory = folder(),
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var name in info.Environment.Keys.Where(IsDropped).ToArray())
            info.Environment.Remove(name);
        foreach (var (name, value) in s_readEnvironment)
            info.Environment[name] = value;
        return info;
    }

    private static bool IsDropped(string name) => name.StartsWith("GIT_", StringComparison.Ordinal) && !s_kept.Any(kept => name.StartsWith(kept, StringComparison.Ordinal));

    private async Task<ChildProcessResult> RunAsync(IReadOnlyDictionary<string, string?> environment, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var call = new ChildProcessCall("git", ["--no-pager", "--literal-pathspecs", .. arguments], folder(), timeout)
        {
            Environment = environment,
            DropVariable = IsDropped,
        };
        try
        {
            return await ChildProcess.RunAsync(call, cancellationToken);
        }
        catch (Win32Exception error)
        {
            throw new GitUnavailableException($"git cannot be started: {error.Message}", error);
        }
    }
}

/// <summary>Git cannot be asked: there is no such program, the folder to run it in is gone, or see <see cref="GitTimeoutException"/>.</summary>
internal class GitUnavailableException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Git was asked something and did not answer within <c>document_updates.git_timeout</c>: what is the case is not known.</summary>
internal sealed class GitTimeoutException() : GitUnavailableException("git did not answer in time")
{
    /// <summary>What a person can do.</summary>
    public const string Remedy = "Look at the load and the disk of the machine, or raise document_updates.git_timeout.";
}
