using System.Collections;
using Platform.Files;

namespace Workflow.Hosting;

/// <summary>Finds a repository's folders.</summary>
internal static class RepositoryLocator
{
    /// <summary>Resolves the repository without touching the disk beyond link resolution.</summary>
    /// <exception cref="RepositoryException">The folder is missing, is a file, or the changes folder lies outside it.</exception>
    public static Repository Locate(string folder, OrchestratorSettings settings, IDictionary environment)
    {
        var root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        if (File.Exists(root))
            throw new RepositoryException($"{root} is a file. Give the folder of a repository: --repo DIR.");
        if (!Directory.Exists(root))
            throw new RepositoryException($"{root} does not exist. Give the folder of a repository: --repo DIR.");
        root = StateFolder.RealPath(root);
        var changes = Path.TrimEndingDirectorySeparator(Path.GetFullPath(settings.Connection.OpenSpecPath, root));
        if (!changes.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            throw new RepositoryException($"workflow_orchestrator.openspec_path: {changes} lies outside the repository {root}. Write a path inside it, such as openspec/changes/.");
        return new Repository(root, changes, StateFolder.Of(root, environment));
    }

    /// <summary>Creates the state folders, readable by their owner alone.</summary>
    public static void CreateStateFolders(Repository repository)
    {
        foreach (var folder in new[] { repository.StateFolder, repository.Backups, repository.LogFolder })
        {
            try
            {
                StateFolder.Create(folder);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                throw new RepositoryException($"The state folder {folder} cannot be created: {error.Message} Set XDG_STATE_HOME to a folder that you can write to.");
            }
        }
    }
}

/// <summary>The repository cannot be served; the message says why and what to do.</summary>
internal sealed class RepositoryException(string message) : Exception(message);
