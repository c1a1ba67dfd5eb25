namespace Workflow.Changes;

/// <summary>A document with its bytes.</summary>
/// <param name="Path">Relative to the change's folder, with '/'.</param>
/// <param name="Sha256">Of <paramref name="Bytes"/>, lower-case hexadecimal.</param>
/// <param name="Bytes">The whole document.</param>
/// <param name="IsUtf8">False for a text document whose bytes are not UTF-8: it may be quoted nowhere and rewritten never.</param>
internal sealed record ChangeFile(string Path, string Sha256, ReadOnlyMemory<byte> Bytes, bool IsUtf8);

/// <summary>One revision of a change, all of it from one moment.</summary>
/// <param name="Id">The change.</param>
/// <param name="Revision">The hash of <paramref name="Files"/>.</param>
/// <param name="Files">Its documents in ordinal order of their paths.</param>
/// <param name="Problems">What is in the folder and was not read, and why.</param>
internal sealed record ChangeContent(ChangeId Id, RevisionHash Revision, IReadOnlyList<ChangeFile> Files, IReadOnlyList<ChangeProblem> Problems)
{
    public ChangeFile? Find(string path) => Files.FirstOrDefault(file => file.Path == path);
}

/// <summary>What came of reading a change.</summary>
internal abstract record ChangeReading
{
    private ChangeReading()
    {
    }

    internal sealed record Complete(ChangeContent Content) : ChangeReading;

    /// <summary>There is no such folder (any more).</summary>
    internal sealed record Gone : ChangeReading;

    /// <summary>Somebody kept writing while it was read; the watcher will announce the revision that comes of it.</summary>
    internal sealed record Unsettled : ChangeReading;
}
