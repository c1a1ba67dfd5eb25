using System.Globalization;
using Platform.Processes;
using Platform.Sockets;
using Workflow.Hosting;

namespace Workflow.Documents.Git;

/// <summary>
/// The git repository around the changes folder, as far as an update needs it. It adds one commit at a time and does nothing else: it never
/// stashes, resets, checks out, cleans, skips a hook, deletes a lock or touches what is staged.
/// </summary>
internal sealed class GitRepository : IDisposable
{
    /// <summary>What to do when there is no repository at all.</summary>
    public const string NoneRemedy = "git init, or set document_updates.auto_commit: false.";

    private static readonly DateTimeOffset s_ever = DateTimeOffset.UnixEpoch.AddDays(1);

    private readonly string _folder;
    private readonly GitCommand _git;
    private readonly GitObjectReader _objects;
    private KnownLayout? _known;

    /// <summary>The repository around a folder.</summary>
    /// <param name="folder">The folder; git runs there.</param>
    /// <param name="timeout">Of one git command, hooks included.</param>
    /// <param name="time">Ends the long-lived reader when it is idle.</param>
    public GitRepository(string folder, TimeSpan timeout, TimeProvider time)
    {
        _folder = folder;
        _git = new GitCommand(() => Directory.Exists(folder) ? folder : _known?.Layout.TopLevel ?? folder, timeout);
        _objects = new GitObjectReader(_git, timeout, time);
    }

    public void Dispose() => _objects.Dispose();

    /// <summary>Looks at the repository. Costs no process while the repository stays the same.</summary>
    /// <exception cref="GitTimeoutException">Git did not answer.</exception>
    public async Task<RepositoryState> GetStateAsync(CancellationToken cancellationToken)
    {
        if (!Directory.Exists(_folder))
            return new RepositoryState.NoRepository($"{_folder} does not exist");
        if (_known is { } known && known.IsStillThere())
            return StateOf(known.Layout);
        ChildProcessResult result;
        try
        {
            result = await _git.ReadAsync(cancellationToken, "rev-parse", "--is-inside-work-tree", "--absolute-git-dir", "--git-common-dir", "--show-toplevel");
        }
        catch (GitUnavailableException error)
        {
            return new RepositoryState.NoRepository(error.Message, "Install git, or set document_updates.auto_commit: false.");
        }

        if (result.TimedOut)
            throw new GitTimeoutException(); // no reason to take the repository for none, and to leave a commit out for good
        if (result.ExitCode != 0 || result.Output.Split('\n') is not ["true", var git, var common, var top, ..])
            return Unusable(result.Output, result.Error);
        var layout = new RepositoryLayout(top, git, Path.GetFullPath(common, _folder));
        _known = KnownLayout.Of(_folder, layout);
        return StateOf(layout);
    }

    /// <summary>
    /// Commits the paths. With <paramref name="mayExist"/> (an earlier attempt may have got through, or its git may even be at work still) the commit is
    /// looked for by its trailer, so that there is never a second one.
    /// </summary>
    public async Task<CommitOutcome> CommitAsync(CommitRequest request, bool mayExist, DateTimeOffset plannedAt, CancellationToken cancellationToken)
    {
        try
        {
            return await TryCommitAsync(request, mayExist, plannedAt, cancellationToken);
        }
        catch (GitTimeoutException error)
        {
            return new CommitOutcome.Failed(error.Message, GitTimeoutException.Remedy);
        }
        catch (GitUnavailableException error)
        {
            return new CommitOutcome.MustWait(error.Message, "Bring the folder back (it belongs to another branch), or install git; the update goes on by itself.");
        }
    }

    private async Task<CommitOutcome> TryCommitAsync(CommitRequest request, bool mayExist, DateTimeOffset plannedAt, CancellationToken cancellationToken)
    {
        if (mayExist && await FindAsync(request.Updates[0], plannedAt, cancellationToken) is { } found)
            return new CommitOutcome.Committed(found);
        var state = await GetStateAsync(cancellationToken);
        if (state is RepositoryState.NoRepository none)
            return new CommitOutcome.NotCommitted(none.Why, none.Remedy ?? NoneRemedy);
        var present = (RepositoryState.Present)state;
        if (!present.IsIdle)
            return Busy(present);
        IReadOnlyList<string> announced = mayExist ? request.Paths : []; // by an earlier attempt, which may not have come to taking them out
        var outcome = await LookAsync(present.Layout, request.Paths, cancellationToken) switch
        {
            { Refusal: { } refusal } => await TakeOutAsync(announced, refusal, cancellationToken),
            { } paths => await CommitAsync(request, paths, present.Layout, announced, cancellationToken),
            null => await CommitByStatusAsync(request, present.Layout, announced, cancellationToken),
        };
        return mayExist && outcome is CommitOutcome.NotCommitted && await FindAsync(request.Updates[0], plannedAt, cancellationToken) is { } late
            ? new CommitOutcome.Committed(late) // the git of the earlier attempt was done just now
            : outcome;
    }

    /// <summary>The commit of an update, by its trailer; null when no branch and not HEAD has one.</summary>
    /// <exception cref="GitTimeoutException">Git did not answer.</exception>
    public async Task<string?> FindAsync(string update, DateTimeOffset plannedAt, CancellationToken cancellationToken)
    {
        var since = string.Create(CultureInfo.InvariantCulture, $"--since={plannedAt.AddDays(-1).ToUnixTimeSeconds()}"); // a day for clocks that were set back
        var grep = $"--grep=^{CommitRequest.UpdateTrailer}: {update}$";
        string[] log = ["log", "-1", "--format=%H", since, grep, "--all"];
        var result = await _git.ReadAsync(cancellationToken, [.. log, "HEAD"]);
        if (result is { ExitCode: not 0, TimedOut: false })
            result = await _git.ReadAsync(cancellationToken, log); // no commit yet on this branch
        if (result.TimedOut)
            throw new GitTimeoutException(); // not "there is none": it would be made a second time
        return result.ExitCode == 0 && result.Output.Trim() is { Length: > 0 } hash ? hash : null;
    }

    /// <summary>What to say while something is in progress.</summary>
    public static CommitOutcome.MustWait Busy(RepositoryState.Present state) => state.Activity == RepositoryActivity.Locked
        ? new($"{state.Detail} exists: another git command is at work, or left it behind", $"If no git command is running, delete {state.Detail}.")
        : new($"a {Name(state.Activity)} is in progress", $"Finish or abort the {Name(state.Activity)}; the update goes on by itself.");

    private static string Name(RepositoryActivity activity) => activity switch
    {
        RepositoryActivity.CherryPick => "cherry-pick",
        RepositoryActivity.Am => "git am",
        _ => activity.ToString().ToLowerInvariant(),
    };

    private static RepositoryState.Present StateOf(RepositoryLayout layout) =>
        RepositoryMarks.Find(layout) is var (activity, detail)
            ? new RepositoryState.Present(layout, activity, detail)
            : new RepositoryState.Present(layout, RepositoryMarks.Head(layout));

    private static RepositoryState.NoRepository Unusable(string output, string error)
    {
        if (error.Contains("dubious ownership", StringComparison.Ordinal))
            return new("git does not trust this repository because another user owns it", "Run the daemon as the owner, or: git config --global --add safe.directory DIR.");
        return output.StartsWith("false", StringComparison.Ordinal) || error.Contains("must be run in a work tree", StringComparison.Ordinal)
            ? new("the folder lies in a bare repository, or inside .git", "Serve a work tree.")
            : new("the folder is not in a git repository");
    }

    // From the index and HEAD: no process but the long-lived reader. Null when only git status can tell.
    private async Task<PathStates?> LookAsync(RepositoryLayout layout, IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        string[] relative = [.. paths.Select(path => Path.GetRelativePath(layout.TopLevel, path).Replace(Path.DirectorySeparatorChar, '/'))];
        if (relative.Any(path => path.StartsWith("..", StringComparison.Ordinal)))
            return null;
        if (await _objects.ReadAsync(["HEAD", .. relative.Select(path => "HEAD:" + path)], cancellationToken) is not { } head)
            return null;
        var hashLength = head[0] is { } commit ? commit.Hash.Length / 2 : 20;
        try
        {
            return GitIndex.Find(Path.Combine(layout.GitFolder, "index"), relative, hashLength) is { } index
                ? PathStates.From([.. relative.Select((path, i) => new PathFacts(path, paths[i], File.Exists(paths[i]), index.GetValueOrDefault(path), head[i + 1]?.Hash))])
                : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private async Task<PathStates> StatusAsync(RepositoryLayout layout, IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        var result = await _git.ReadAsync(cancellationToken, ["status", "--porcelain=v2", "-z", "--untracked-files=all", "--ignored=traditional", "--", .. paths]);
        return result is { ExitCode: 0, TimedOut: false } ? PathStates.Parse(result.Output, layout.TopLevel) : PathStates.Unknown(CommitFailure.Classify(result));
    }

    private async Task<CommitOutcome> CommitByStatusAsync(CommitRequest request, RepositoryLayout layout, IReadOnlyList<string> announced, CancellationToken cancellationToken)
    {
        var paths = await StatusAsync(layout, request.Paths, cancellationToken);
        return paths.Refusal is { } refusal ? await TakeOutAsync(announced, refusal, cancellationToken) : await CommitAsync(request, paths, null, announced, cancellationToken);
    }

    // With a layout, what stands in the way of announcing a path is looked at again with git status: only that knows what is ignored.
    private async Task<CommitOutcome> CommitAsync(CommitRequest request, PathStates paths, RepositoryLayout? layout, IReadOnlyList<string> announcedBefore, CancellationToken cancellationToken)
    {
        string[] announced = [.. announcedBefore.Union(paths.Untracked)];
        // A path that git does not know cannot be committed with --only; an empty entry ("intent to add") makes it known and stages nothing.
        if (paths.Untracked.Count > 0)
        {
            var added = await _git.WriteAsync(cancellationToken, ["add", "--intent-to-add", "--", .. paths.Untracked]);
            if (added is not { ExitCode: 0, TimedOut: false })
            {
                if (layout is not null && !added.TimedOut)
                    return await CommitByStatusAsync(request, layout, announced, cancellationToken);
                return await TakeOutAsync(announced, CommitFailure.Classify(added), cancellationToken);
            }
        }

        Failpoint.Hit(GitFailpoints.BeforeCommit);
        var result = await _git.WriteAsync(cancellationToken, ["commit", "--only", "--quiet", "--cleanup=whitespace", "-m", request.Message(), "--", .. paths.Changed]);
        Failpoint.Hit(GitFailpoints.AfterCommit);
        if (result is { ExitCode: 0, TimedOut: false })
            return await HashAsync(request, paths.Note, cancellationToken);
        if (result.TimedOut && await FindAsync(request.Updates[0], s_ever, cancellationToken) is { } late)
            return new CommitOutcome.Committed(late, paths.Note); // a post-commit hook hung: the commit itself exists
        return await TakeOutAsync(announced, CommitFailure.Classify(result), cancellationToken);
    }

    // Takes the empty entries out again, so that a failed commit leaves the index as it was; and nothing else: what looked like a failure may have committed them.
    private async Task<CommitOutcome> TakeOutAsync(IReadOnlyList<string> announced, CommitOutcome failure, CancellationToken cancellationToken)
    {
        if (announced.Count == 0 || _known is not { Layout.TopLevel: var top })
            return failure;
        var status = await _git.ReadAsync(cancellationToken, ["status", "--porcelain=v2", "-z", "--untracked-files=no", "--", .. announced]);
        if (status is { ExitCode: 0, TimedOut: false } && PathStates.Empty(status.Output, top) is { Count: > 0 } empty)
            await _git.WriteAsync(cancellationToken, ["rm", "--cached", "--quiet", "--ignore-unmatch", "--", .. empty]);
        return failure;
    }

    private async Task<CommitOutcome> HashAsync(CommitRequest request, string? note, CancellationToken cancellationToken)
    {
        if (await _objects.ReadAsync(["HEAD"], cancellationToken) is [{ } head] && request.IsMessageOf(head.Content))
            return new CommitOutcome.Committed(head.Hash, note);
        var log = await _git.ReadAsync(cancellationToken, "log", "-n", "8", $"--format=%H %(trailers:key={CommitRequest.UpdateTrailer},valueonly,separator=%x20)", "HEAD");
        var hash = log.Output.Split('\n').Select(line => line.Split(' ')).FirstOrDefault(line => line.Length > 1 && line[1] == request.Updates[0])?[0]
            ?? await FindAsync(request.Updates[0], s_ever, cancellationToken);
        return hash is null
            ? new CommitOutcome.NotCommitted("git said that it committed, but no commit has the trailer (a hook may have rewritten the message)", "Keep the Workflow-… trailers in your commit-msg hook.")
            : new CommitOutcome.Committed(hash, note);
    }

    /// <summary>A layout that was found, and what it was found by: while the folder and the repository's .git are the same, it holds.</summary>
    private sealed record KnownLayout(RepositoryLayout Layout, IReadOnlyList<KeyValuePair<string, UnixFile?>> Marks)
    {
        public static KnownLayout Of(string folder, RepositoryLayout layout)
        {
            // A .git that appears anywhere between the folder and the work tree's top would be another repository.
            var marks = new List<string> { folder, Path.Combine(layout.TopLevel, ".git"), layout.GitFolder };
            for (var at = folder; at != layout.TopLevel && at is not null; at = Path.GetDirectoryName(at))
                marks.Add(Path.Combine(at, ".git"));
            return new KnownLayout(layout, [.. marks.Select(path => KeyValuePair.Create(path, UnixFile.Inspect(path)))]);
        }

        public bool IsStillThere() => Marks.All(mark => UnixFile.Inspect(mark.Key) is var now && (now is null ? mark.Value is null : now.IsSameAs(mark.Value)));
    }
}
