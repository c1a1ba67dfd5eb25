using System.Collections;
using System.Security.Cryptography;
using System.Text;

namespace Platform.Files;

/// <summary>Where programs keep what they know about one repository.</summary>
public static class StateFolder
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>
    /// The state folder of a repository: under <c>$STATE_DIRECTORY</c>, else <c>$XDG_STATE_HOME/workflow-orchestrator</c>, else
    /// <c>~/.local/state/workflow-orchestrator</c>; named after the folder, with a hash that keeps repositories of one name apart.
    /// </summary>
    /// <param name="root">The repository's real path.</param>
    /// <param name="environment">Environment variables.</param>
    public static string Of(string root, IDictionary environment) => Path.Combine(Base(environment), $"{Path.GetFileName(root)}-{ShortHash(root)}");

    /// <summary>Creates a folder that only its owner can enter.</summary>
    public static void Create(string folder) => Directory.CreateDirectory(folder, OwnerOnly);

    /// <summary>The path without links and trailing separator: two names of one folder lead to one state.</summary>
    public static string RealPath(string path)
    {
        var real = "/";
        foreach (var part in Path.GetFullPath(path).Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            var next = Path.Combine(real, part);
            real = new DirectoryInfo(next).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? next;
        }

        return real;
    }

    private static string Base(IDictionary environment)
    {
        if (environment["STATE_DIRECTORY"] is string { Length: > 0 } systemd) return Path.GetFullPath(systemd.Split(':')[0]);
        var state = environment["XDG_STATE_HOME"] is string { Length: > 0 } xdg
            ? xdg
            : Path.Combine(environment["HOME"] as string ?? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "state");
        return Path.Combine(Path.GetFullPath(state), "workflow-orchestrator");
    }

    private static string ShortHash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..8];
}
