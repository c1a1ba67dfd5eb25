namespace Workflow.Changes;

/// <summary>What stands at the path of the changes folder.</summary>
internal abstract record ChangesRoot
{
    private ChangesRoot()
    {
    }

    /// <summary>A folder (or a link to one: the root's own path is the user's choice).</summary>
    internal sealed record Present(ulong Device, ulong Inode) : ChangesRoot;

    /// <summary>Nothing, as on a branch without OpenSpec.</summary>
    /// <param name="Path">The topmost folder that is missing.</param>
    internal sealed record Missing(string Path) : ChangesRoot;

    /// <summary>A file where a folder is expected.</summary>
    /// <param name="Path">That file.</param>
    internal sealed record NotAFolder(string Path) : ChangesRoot;

    /// <summary>It is there and cannot be read.</summary>
    internal sealed record Unreadable(string Detail) : ChangesRoot;
}

/// <summary>One document as found.</summary>
/// <param name="Path">Relative to the change's folder, with '/'.</param>
/// <param name="Sha256">Of its bytes, lower-case hexadecimal.</param>
/// <param name="Stamp">Which version of the file was hashed.</param>
/// <param name="IsUtf8">False for a document whose bytes are not UTF-8; true for all that is not text by its name.</param>
/// <param name="IsSettled">The file was old enough when hashed that its stamp tells every later write (git's racy rule).</param>
internal sealed record ScannedFile(string Path, string Sha256, FileStamp Stamp, bool IsUtf8, bool IsSettled)
{
    public long Size => Stamp.Size;

    public DateTimeOffset ModifiedAt => DateTimeOffset.UnixEpoch.AddTicks(Stamp.ModifiedAt / 100);
}

/// <summary>One change as found.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Revision">The hash of its documents.</param>
/// <param name="Files">Its documents in ordinal order of their paths.</param>
/// <param name="Problems">What was not read, and why.</param>
internal sealed record ScannedChange(ChangeId Id, RevisionHash Revision, IReadOnlyList<ScannedFile> Files, IReadOnlyList<ChangeProblem> Problems)
{
    /// <summary>No documents: a fresh folder, or what a checkout left behind around an ignored file.</summary>
    public bool IsEmpty => Problems.Any(problem => problem.Kind == ProblemKind.Empty);
}

/// <summary>All changes at one time.</summary>
/// <param name="Root">What stands at the path of the changes folder.</param>
/// <param name="Changes">By id; empty unless the root is present.</param>
/// <param name="Problems">Entries of the changes folder that are no change and should not be there.</param>
internal sealed record ChangesSnapshot(ChangesRoot Root, IReadOnlyDictionary<ChangeId, ScannedChange> Changes, IReadOnlyList<ChangeProblem> Problems)
{
    /// <summary>Before the first scan.</summary>
    public static ChangesSnapshot None { get; } = new(new ChangesRoot.Missing(""), new Dictionary<ChangeId, ScannedChange>(), []);

    public bool IsPresent => Root is ChangesRoot.Present;
}
