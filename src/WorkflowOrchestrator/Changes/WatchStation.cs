using Workflow.Hosting;

namespace Workflow.Changes;

/// <summary>Keeps the file watchers in place: knows which folders they were set on, and whether these are still the ones at their paths.</summary>
internal sealed class WatchStation(Repository repository, IFileHints hints) : IDisposable
{
    private const int MaxAttempts = 3;

    private IDisposable? _watch;
    private IReadOnlyList<FileStamp?> _places = [];

    /// <summary>Why there are no watchers; null while there are.</summary>
    public WatchFault? Fault { get; private set; }

    /// <summary>Sets new watchers on what stands at the paths now. What happened before is theirs no more: a full scan must follow.</summary>
    public void Arm(IHintSink sink)
    {
        Disarm(null);
        if (WatchFault.OfFileSystem(FileSystemFormat()) is { } remote)
        {
            Disarm(remote);
            return;
        }

        // A folder may be replaced while the watchers are being set.
        for (var attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            _places = Places();
            try
            {
                _watch?.Dispose();
                _watch = hints.Watch(sink);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                Disarm(WatchFault.Of(error) ?? WatchFault.Other(error));
                return;
            }

            if (!IsStale())
                return;
        }
    }

    /// <summary>Gives up watching for this reason.</summary>
    public void Disarm(WatchFault? fault)
    {
        _watch?.Dispose();
        _watch = null;
        Fault = fault;
    }

    /// <summary>True when one of the watched folders is not the one that the watchers were set on: removed, replaced, or come into being.</summary>
    public bool IsStale() => _watch is not null && !Places().SequenceEqual(_places);

    public void Dispose() => _watch?.Dispose();

    // Identity only: sizes and times of a folder change all the time.
    private List<FileStamp?> Places()
    {
        var places = new List<FileStamp?>();
        for (var path = repository.ChangesFolder; path != repository.Root && path is not null; path = Path.GetDirectoryName(path))
            places.Add(Identity(path));
        places.Add(Identity(repository.Root));
        places.Add(Identity(Path.Join(repository.ChangesFolder, "archive"), followLink: false)); // a change that was moved into one not yet watched left the tree
        return places;
    }

    private static FileStamp? Identity(string path, bool followLink = true)
    {
        try
        {
            return FileStamp.Of(path, followLink) is { } stamp ? stamp with { Size = 0, ModifiedAt = 0, ChangedAt = 0 } : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private string FileSystemFormat()
    {
        try
        {
            return new DriveInfo(repository.Root).DriveFormat;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return ""; // unknown: try to watch; misses will show whether it works
        }
    }
}
