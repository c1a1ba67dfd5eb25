using Platform.Files;
using Workflow.Changes;
using Workflow.Documents.Text;
using Workflow.Hosting;

namespace Workflow.Documents;

/// <summary>What came of writing an update's documents.</summary>
internal abstract record WriteOutcome
{
    private WriteOutcome()
    {
    }

    /// <summary>Every document has its new bytes.</summary>
    internal sealed record Written : WriteOutcome;

    /// <summary>A document was saved by somebody else meanwhile; every document of the update is as it was, or as he saved it.</summary>
    internal sealed record BaseMoved(string Why) : WriteOutcome;

    /// <summary>A document cannot be written; every document is as it was.</summary>
    internal sealed record Refused(string Why) : WriteOutcome;

    /// <summary>Something that passes by itself is in the way (a full disk). What is written stays; go on later.</summary>
    internal sealed record Postponed(string Why, string Remedy) : WriteOutcome;
}

/// <summary>
/// Writes the documents of the updates of one change, one after the other, each atomically. Can be called again after a crash at any point. What was written is durable
/// after <see cref="Complete"/>.
/// </summary>
internal sealed class DocumentWriter(PathGuard guard)
{
    private readonly PendingReplacements _pending = new();

    /// <summary>Writes those of one update.</summary>
    /// <param name="update">The update.</param>
    /// <param name="files">Its documents.</param>
    /// <param name="isRecovery">It may have been written before: a document that holds the update, and what somebody saved since, is done.</param>
    public WriteOutcome Write(UpdateRecord update, IReadOnlyList<PreparedFile> files, bool isRecovery = false)
    {
        for (var i = 0; i < files.Count; i++)
        {
            var failure = WriteOne(update, files[i], isRecovery);
            if (failure is null)
            {
                Failpoint.Hit(DocumentFailpoints.AfterFile);
                continue;
            }

            if (failure is not WriteOutcome.Postponed)
                TakeBack(update, files.Take(i));
            return failure;
        }

        return new WriteOutcome.Written();
    }

    /// <summary>Makes everything durable that was written.</summary>
    /// <exception cref="IOException">A folder cannot be flushed.</exception>
    public void Complete() => _pending.Complete();

    /// <summary>Gives documents that have the update's bytes their old bytes again; those that somebody changed since stay.</summary>
    public void TakeBack(UpdateRecord update, IEnumerable<PreparedFile> files)
    {
        foreach (var file in files.Reverse())
        {
            if (guard.Check(update.Change, file.Path, MissingFolders.None) is not GuardResult.Allowed { Path: var place })
                continue;
            Leftovers.Clear(place.Absolute, update.Id, file.Before, file.After);
            bool IsNew(byte[]? bytes) => place.StillStands() && HashOf(bytes) == file.Summary.NewHash;
            if (file.Before is null)
                AtomicFile.Delete(place.Absolute, IsNew);
            else
                AtomicFile.Write(place.Absolute, file.Before, update.Id.Value, IsNew);
        }
    }

    private WriteOutcome? WriteOne(UpdateRecord update, PreparedFile file, bool isRecovery)
    {
        try
        {
            var check = guard.Check(update.Change, file.Path, file.Before is null ? update.MayCreate : MissingFolders.None);
            if (check is GuardResult.Refused refused)
                return refused.IsMissing ? new WriteOutcome.BaseMoved(refused.Why) : new WriteOutcome.Refused(refused.Why);
            var place = ((GuardResult.Allowed)check).Path;
            Failpoint.Hit(DocumentFailpoints.PlaceChecked);
            if (place.MissingFolders.Count > 0)
            {
                // One by one: what was there and is gone must not come back, and what came meanwhile (a link perhaps) is somebody else's.
                var isOurs = place.MissingFolders.All(folder => place.StillStands() && _pending.TryCreateFolder(folder));
                check = guard.Check(update.Change, file.Path, MissingFolders.None); // from now on they have to stand like the others
                if (!isOurs || !place.StillStands() || check is not GuardResult.Allowed { Path: var whole })
                    return new WriteOutcome.BaseMoved($"the folder of {file.Path} was exchanged");
                place = whole;
            }

            Leftovers.Clear(place.Absolute, update.Id, file.Before, file.After);
            if (isRecovery && IsWritten(file, AtomicFile.Read(place.Absolute)))
            {
                _pending.Add(place.Folder); // whoever wrote it may not have come to that
                return null;
            }

            bool IsBase(byte[]? bytes) => place.StillStands() && HashOf(bytes) == file.Summary.BaseHash;
            var isWritten = file.After is null
                ? AtomicFile.Delete(place.Absolute, IsBase, _pending)
                : AtomicFile.Write(place.Absolute, file.After, update.Id.Value, IsBase, step => Failpoint.Hit(DocumentFailpoints.FilePrefix + step), _pending);
            return isWritten ? null : new WriteOutcome.BaseMoved($"{file.Path} has been changed since the plan was made");
        }
        catch (FileRefusedException error)
        {
            return new WriteOutcome.Refused($"{file.Path} {error.Reason}");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return Failure(file, error);
        }
    }

    // What somebody saved on top of the update before this process started is kept, and the update is in it when merging it once more changes nothing.
    private static bool IsWritten(PreparedFile file, byte[]? now)
    {
        if (HashOf(now) == file.Summary.NewHash)
            return true;
        return file is { TextBefore: { } before, TextAfter: { } after } && now is not null && HashOf(now) != file.Summary.BaseHash
            && TextLines.Decode(now) is { } text && LineMerge.Merge(before, text, after) is MergeResult.Merged merged && merged.Text == text;
    }

    private static WriteOutcome Failure(PreparedFile file, Exception error) => FileFaults.Classify(error) switch
    {
        FileFault.DiskFull => new WriteOutcome.Postponed($"the disk is full: {file.Path} cannot be written", "Free space on the disk of the repository; updates go on by themselves."),
        FileFault.Missing => new WriteOutcome.BaseMoved($"the folder of {file.Path} is gone"),
        FileFault.ReadOnly => new WriteOutcome.Refused($"{file.Path} lies on a read-only file system"),
        FileFault.Denied => new WriteOutcome.Refused($"{file.Path} may not be written: {error.Message}"),
        _ => new WriteOutcome.Postponed($"{file.Path} cannot be written: {error.Message}", "Look at the disk of the repository."),
    };

    private static string? HashOf(byte[]? bytes) => bytes is null ? null : RevisionHasher.HashDocument(bytes);
}
