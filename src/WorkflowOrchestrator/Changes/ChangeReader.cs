namespace Workflow.Changes;

/// <summary>Reads the documents of one change so that all of them are from one moment.</summary>
internal sealed class ChangeReader(string changesFolder, ScanLimits limits, TimeProvider time)
{
    private const int MaxAttempts = 5;

    // Longer than a writer needs between two files, and more than a tick of the file system's clock.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Reads a change. The folder is listed before and after: only when nothing moved in between is what was read a revision.</summary>
    public async Task<ChangeReading> ReadAsync(ChangeId id, CancellationToken cancellationToken)
    {
        var folder = Path.Join(changesFolder, id.Value);
        using var buffer = new DocumentBuffer();
        for (var attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            if (attempt > 1)
                await Task.Delay(Pause, time, cancellationToken);
            if (ChangeFolderLister.List(folder, limits) is not { } before)
                return new ChangeReading.Gone();
            if (Read(id, folder, before, buffer) is { } content && IsSame(before, ChangeFolderLister.List(folder, limits)))
                return new ChangeReading.Complete(content);
        }

        return new ChangeReading.Unsettled();
    }

    private static ChangeContent? Read(ChangeId id, string folder, ChangeFolderListing listing, DocumentBuffer buffer)
    {
        var files = new List<ChangeFile>(listing.Files.Count);
        var problems = new List<ChangeProblem>(listing.Problems);
        foreach (var (path, stamp) in listing.Files)
        {
            switch (buffer.Read(Path.Join(folder, path), stamp))
            {
                case DocumentReading.Read:
                    var isUtf8 = buffer.IsUtf8OrBinary(path);
                    files.Add(new ChangeFile(path, RevisionHasher.HashDocument(buffer.Bytes), buffer.Bytes.ToArray(), isUtf8));
                    if (!isUtf8)
                        problems.Add(ChangeProblem.NotUtf8(path));
                    break;
                case DocumentReading.Failed:
                    problems.Add(ChangeProblem.Unreadable(path, buffer.Failure ?? ""));
                    break;
                default:
                    return null;
            }
        }

        if (files.Count == 0 && problems.Count == 0)
            problems.Add(ChangeProblem.Empty());
        return new ChangeContent(id, RevisionHasher.Compute(files.Select(file => (file.Path, file.Sha256))), files, problems);
    }

    private static bool IsSame(ChangeFolderListing before, ChangeFolderListing? after) => after is not null && before.Files.SequenceEqual(after.Files);
}
