using System.IO.Enumeration;

namespace Workflow.Changes;

/// <summary>
/// Reads what is on disk: the truth behind every file event. Hashes only what its stamp does not prove unchanged, so that a scan without changes
/// costs little more than listing the folders. Links are never followed, nothing is ever written.
/// </summary>
internal sealed class ChangeScanner(string changesFolder, ScanLimits limits, TimeProvider time)
{
    // Hashing is bound by the processor and small reads; more workers than this only compete for the disk.
    private const int MaxWorkers = 4;

    // A tree that moves under every one of so many scans is read as it stands; the events of its next movement bring the next scan.
    private const int MaxAttempts = 3;

    // Stamps have the granularity of the file system's clock, at worst two seconds (FAT, some network file systems): a younger file may be
    // written again without a new stamp. The racy rule of git.
    private static readonly TimeSpan RacyAge = TimeSpan.FromSeconds(2);

    private static readonly EnumerationOptions AllEntries = new() { AttributesToSkip = FileAttributes.None, IgnoreInaccessible = false };

    public string ChangesFolder => changesFolder;

    /// <summary>Reads every change. <paramref name="previous"/> is what an earlier scan found, or <see cref="ChangesSnapshot.None"/>.</summary>
    public ChangesSnapshot Scan(ChangesSnapshot previous, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var root = ChangesRootProbe.Probe(changesFolder);
            if (root is not ChangesRoot.Present)
                return new ChangesSnapshot(root, ChangesSnapshot.None.Changes, []);
            var snapshot = ScanPresent(root, previous, cancellationToken);

            // A root that was replaced while it was read (a checkout) would look like a tree full of deletions.
            if (ChangesRootProbe.Probe(changesFolder) == root || attempt == MaxAttempts)
                return snapshot;
        }
    }

    /// <summary>Reads only the changes of these names again; everything when the root is no longer that of <paramref name="previous"/>.</summary>
    public ChangesSnapshot Rescan(ChangesSnapshot previous, IReadOnlyCollection<ChangeId> ids, CancellationToken cancellationToken)
    {
        if (!previous.IsPresent || ChangesRootProbe.Probe(changesFolder) != previous.Root)
            return Scan(previous, cancellationToken);
        var changes = new Dictionary<ChangeId, ScannedChange>(previous.Changes);
        using var buffer = new DocumentBuffer();
        foreach (var id in ids)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (ScanChange(id, previous.Changes.GetValueOrDefault(id), buffer) is { } change)
                changes[id] = change;
            else
                changes.Remove(id);
        }

        return ChangesRootProbe.Probe(changesFolder) == previous.Root ? previous with { Changes = changes } : Scan(previous, cancellationToken);
    }

    /// <summary>Whether the folder of a change is there.</summary>
    public bool Exists(ChangeId id) => Directory.Exists(Path.Join(changesFolder, id.Value));

    /// <summary>Reads one change folder anywhere (also below <c>archive</c>); null when there is none.</summary>
    public ScannedChange? ScanFolder(ChangeId id, string folder)
    {
        using var buffer = new DocumentBuffer();
        return ScanFolder(id, folder, null, buffer);
    }

    private ChangesSnapshot ScanPresent(ChangesRoot root, ChangesSnapshot previous, CancellationToken cancellationToken)
    {
        List<ChangeProblem> problems = [];
        ChangeId[] ids;
        try
        {
            ids = ListChanges(problems);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return new ChangesSnapshot(new ChangesRoot.Unreadable(error.Message), ChangesSnapshot.None.Changes, []);
        }

        var found = new ScannedChange?[ids.Length];
        Parallel.For(
            0,
            ids.Length,
            new ParallelOptions { MaxDegreeOfParallelism = Math.Min(Environment.ProcessorCount, MaxWorkers), CancellationToken = cancellationToken },
            static () => new DocumentBuffer(),
            (index, _, buffer) =>
            {
                found[index] = ScanChange(ids[index], previous.Changes.GetValueOrDefault(ids[index]), buffer);
                return buffer;
            },
            static buffer => buffer.Dispose());

        var changes = new Dictionary<ChangeId, ScannedChange>(ids.Length);
        foreach (var change in found)
        {
            if (change is not null)
                changes[change.Id] = change;
        }

        ReportCaseTwins(changes.Keys, problems);
        problems.Sort(static (left, right) => string.CompareOrdinal(left.Path, right.Path));
        return new ChangesSnapshot(root, changes, problems);
    }

    private ScannedChange? ScanChange(ChangeId id, ScannedChange? previous, DocumentBuffer buffer) =>
        ScanFolder(id, Path.Join(changesFolder, id.Value), previous, buffer);

    private ScannedChange? ScanFolder(ChangeId id, string folder, ScannedChange? previous, DocumentBuffer buffer)
    {
        for (var attempt = 1; ; attempt++)
        {
            if (List(folder) is not { } listing)
                return null;
            if (Hash(id, folder, listing, previous, buffer, isLastAttempt: attempt == MaxAttempts) is { } change)
                return change == previous || (previous is not null && IsSame(change, previous)) ? previous : change;
        }
    }

    private ChangeFolderListing? List(string folder)
    {
        try
        {
            return ChangeFolderLister.List(folder, limits);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return new ChangeFolderListing([], [ChangeProblem.Unreadable("", error.Message)]);
        }
    }

    /// <summary>Null when a file moved under the reading and the folder should be listed again.</summary>
    private ScannedChange? Hash(ChangeId id, string folder, ChangeFolderListing listing, ScannedChange? previous, DocumentBuffer buffer, bool isLastAttempt)
    {
        var files = new List<ScannedFile>(listing.Files.Count);
        var problems = new List<ChangeProblem>(listing.Problems);
        var cached = new Cursor(previous?.Files ?? []);
        foreach (var (path, stamp) in listing.Files)
        {
            if (cached.Find(path) is { IsSettled: true } known && known.Stamp == stamp)
            {
                files.Add(known);
                continue;
            }

            switch (buffer.Read(Path.Join(folder, path), stamp))
            {
                case DocumentReading.Read:
                    files.Add(new ScannedFile(path, RevisionHasher.HashDocument(buffer.Bytes), stamp, buffer.IsUtf8OrBinary(path), IsSettled(stamp)));
                    break;
                case DocumentReading.Failed:
                    problems.Add(ChangeProblem.Unreadable(path, buffer.Failure ?? ""));
                    break;
                case DocumentReading.Moved when !isLastAttempt:
                    return null;
            }
        }

        problems.AddRange(files.Where(file => !file.IsUtf8).Select(file => ChangeProblem.NotUtf8(file.Path)));
        if (files.Count == 0 && problems.Count == 0)
            problems.Add(ChangeProblem.Empty());
        return new ScannedChange(id, RevisionHasher.Compute(files.Select(file => (file.Path, file.Sha256))), files, problems);
    }

    private bool IsSettled(FileStamp stamp) => time.GetUtcNow() - stamp.LastTouched >= RacyAge;

    // Keeping the old object keeps memory flat and lets a comparison of snapshots begin with references.
    private static bool IsSame(ScannedChange left, ScannedChange right) =>
        left.Revision == right.Revision && left.Files.SequenceEqual(right.Files) && left.Problems.SequenceEqual(right.Problems);

    private ChangeId[] ListChanges(List<ChangeProblem> problems)
    {
        var ids = new List<ChangeId>();
        foreach (var (name, isFolder, isLink) in new FileSystemEnumerable<(string, bool, bool)>(changesFolder, static (ref entry) => Describe(ref entry), AllEntries))
        {
            if (EphemeralNames.IsDirectory(name) || (name == "archive" && !isLink))
                continue;
            if (isLink)
                problems.Add(ChangeProblem.Link(name));
            else if (isFolder && ChangeFolderLister.IsSafeName(name) && ChangeId.TryParse(name, out var id))
                ids.Add(id);
            else if (isFolder)
                problems.Add(ChangeProblem.InvalidName(name));
        }

        ids.Sort(static (left, right) => string.CompareOrdinal(left.Value, right.Value));
        return [.. ids];
    }

    // Files beside the changes (a README) are nobody's business here.
    private static (string Name, bool IsFolder, bool IsLink) Describe(ref FileSystemEntry entry) =>
        (entry.FileName.ToString(), entry.IsDirectory, entry.Attributes.HasFlag(FileAttributes.ReparsePoint));

    private static void ReportCaseTwins(IEnumerable<ChangeId> ids, List<ChangeProblem> problems)
    {
        var seen = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var id in ids)
        {
            if (!seen.TryAdd(id.Value, id.Value))
                problems.Add(ChangeProblem.CaseTwin(seen[id.Value]) with { Path = id.Value });
        }
    }

    /// <summary>Finds files by path while both lists are walked in their common order.</summary>
    private struct Cursor(IReadOnlyList<ScannedFile> files)
    {
        private int _next;

        public ScannedFile? Find(string path)
        {
            while (_next < files.Count && string.CompareOrdinal(files[_next].Path, path) < 0)
                _next++;
            return _next < files.Count && files[_next].Path == path ? files[_next] : null;
        }
    }
}
