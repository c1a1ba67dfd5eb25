using System.Collections;
using System.Security.Cryptography;
using System.Text;

namespace Workflow.Hosting;

/// <summary>Finds a repository's folders.</summary>
internal static class RepositoryLocator
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Resolves the repository without touching the disk beyond link resolution.</summary>
    /// <exception cref="RepositoryException">The folder is missing, is a file, or the changes folder lies outside it.</exception>
    public static Repository Locate(string folder, OrchestratorSettings settings, IDictionary environment)
    {
        var root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        if (File.Exists(root))
            throw new RepositoryException($"{root} is a file. Give the folder of a repository: --repo DIR.");
        if (!Directory.Exists(root))
            throw new RepositoryException($"{root} does not exist. Give the folder of a repository: --repo DIR.");
        root = RealPath(root);
        var changes = Path.TrimEndingDirectorySeparator(Path.GetFullPath(settings.Connection.OpenSpecPath, root));
        if (!changes.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            throw new RepositoryException($"workflow_orchestrator.openspec_path: {changes} lies outside the repository {root}. Write a path inside it, such as openspec/changes/.");
        return new Repository(root, changes, Path.Combine(StateBase(environment), Path.GetFileName(root) + "-" + ShortHash(root)));
    }

    /// <summary>Creates the state folders, readable by their owner alone.</summary>
    public static void CreateStateFolders(Repository repository)
    {
        foreach (var folder in new[] { repository.StateFolder, repository.Backups, repository.LogFolder })
        {
            try
            {
                Directory.CreateDirectory(folder, OwnerOnly);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                throw new RepositoryException($"The state folder {folder} cannot be created: {error.Message} Set XDG_STATE_HOME to a folder that you can write to.");
            }
        }
    }

    private static string StateBase(IDictionary environment)
    {
        if (environment["STATE_DIRECTORY"] is string { Length: > 0 } systemd)
            return Path.GetFullPath(systemd.Split(':')[0]);
        var state = environment["XDG_STATE_HOME"] is string { Length: > 0 } xdg
            ? xdg
            : Path.Combine(environment["HOME"] as string ?? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "state");
        return Path.Combine(Path.GetFullPath(state), "workflow-orchestrator");
    }

    // Two names of one folder must lead to one state folder and one lock.
    private static string RealPath(string path)
    {
        var real = "/";
        foreach (var part in path.Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            var next = Path.Combine(real, part);
            real = new DirectoryInfo(next).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? next;
        }

        return Path.TrimEndingDirectorySeparator(real);
    }

    private static string ShortHash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..8];
}

/// <summary>The repository cannot be served; the message says why and what to do.</summary>
internal sealed class RepositoryException(string message) : Exception(message);
