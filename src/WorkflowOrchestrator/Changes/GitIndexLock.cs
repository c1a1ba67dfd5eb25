using System.Text;
using Workflow.Hosting;

namespace Workflow.Changes;

/// <summary>
/// Whether git is writing the work tree now (checkout, stash, reset, merge hold the index lock meanwhile): what stands there is between two states that
/// nobody meant. Only ever looked at.
/// </summary>
internal sealed class GitIndexLock(Repository repository)
{
    private const int MaxPointerBytes = 4096;
    private const int MaxTimes = 4;

    // A lock that a crashed git left behind must not stop the work for ever.
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(10);

    private TimeSpan? _heldSince;
    private int _cameBetween;

    /// <summary>Whether the last look found it held.</summary>
    public bool WasHeld => _heldSince is not null;

    /// <summary>Looks whether to leave the tree alone now. For one caller.</summary>
    /// <param name="now">The caller's clock, which never goes back.</param>
    public bool IsInTheWay(TimeSpan now)
    {
        _heldSince = IsHeld() ? _heldSince ?? now : null;
        return now - _heldSince < s_longestPause;
    }

    /// <summary>
    /// Looks whether git has begun to write while the tree was read, after <see cref="IsInTheWay"/> found that it did not. Not more than so many times in a row: in
    /// a repository where git is always at work (a long rebase) the work goes on all the same, and half a state is followed by the whole one.
    /// </summary>
    /// <param name="now">The caller's clock, which never goes back.</param>
    public bool CameBetween(TimeSpan now)
    {
        _cameBetween = IsInTheWay(now) ? (_cameBetween + 1) % MaxTimes : 0;
        return _cameBetween > 0;
    }

    private bool IsHeld()
    {
        try
        {
            return GitFolder() is { } folder && FileKind.Of(Path.Join(folder, "index.lock")) is not null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return false; // no git, or none that may be looked at: the quiet time alone decides
        }
    }

    // In a linked work tree or a submodule .git is a file that names the folder.
    private string? GitFolder()
    {
        var git = Path.Join(repository.Root, ".git");
        switch (FileKind.Of(git))
        {
            case OpenSpec.OpenSpecEntryKind.Directory:
                return git;
            case OpenSpec.OpenSpecEntryKind.File:
                using (var file = PosixFile.OpenForReading(git))
                {
                    var bytes = new byte[MaxPointerBytes];
                    var text = Encoding.UTF8.GetString(bytes, 0, RandomAccess.Read(file, bytes, 0));
                    const string prefix = "gitdir:";
                    return text.StartsWith(prefix, StringComparison.Ordinal) ? Path.GetFullPath(text[prefix.Length..].Trim(), repository.Root) : null;
                }

            default:
                return null;
        }
    }
}
