using Workflow.Hosting;

namespace Workflow.Changes;

/// <summary>
/// File events from <see cref="FileSystemWatcher"/>: recursive on the changes folder, and not recursive on its parents up to the repository, because the
/// watcher of a folder that is removed or renamed falls silent without a word.
/// </summary>
internal sealed class FileSystemHints(Repository repository) : IFileHints
{
    private const int BufferBytes = 64 * 1024;

    public IDisposable Watch(IHintSink sink)
    {
        var watchers = new Watchers();
        try
        {
            for (var path = repository.ChangesFolder; path != repository.Root && Path.GetDirectoryName(path) is { } parent; path = parent)
                watchers.Start(Parent(parent, Path.GetFileName(path), sink));
            watchers.Start(Changes(sink));
            return watchers;
        }
        catch
        {
            watchers.Dispose();
            throw;
        }
    }

    /// <summary>Whether an event at this path below the changes folder can concern a revision, and of which change.</summary>
    public static ChangeId? ChangeOf(string? relativePath)
    {
        if (string.IsNullOrEmpty(relativePath))
            return null;
        var path = relativePath.Replace(Path.DirectorySeparatorChar, '/');
        var slash = path.IndexOf('/');
        var name = slash < 0 ? path : path[..slash];
        if (EphemeralNames.IsDirectory(name) || !ChangeId.TryParse(name, out var id))
            return null;
        return slash < 0 || RevisionHasher.Counts(path[(slash + 1)..]) ? id : null;
    }

    private static FileSystemWatcher? Parent(string folder, string child, IHintSink sink)
    {
        if (!Directory.Exists(folder))
            return null;
        var watcher = new FileSystemWatcher(folder, child) { NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName };
        watcher.Created += (_, _) => sink.TreeTouched();
        watcher.Deleted += (_, _) => sink.TreeTouched();
        watcher.Renamed += (_, _) => sink.TreeTouched();
        watcher.Error += (_, args) => sink.Broken(args.GetException());
        return watcher;
    }

    private FileSystemWatcher? Changes(IHintSink sink)
    {
        if (!Directory.Exists(repository.ChangesFolder))
            return null;
        var watcher = new FileSystemWatcher(repository.ChangesFolder)
        {
            IncludeSubdirectories = true,
            InternalBufferSize = BufferBytes,
            NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite | NotifyFilters.Size
                | NotifyFilters.Attributes, // a document may become unreadable
        };
        watcher.Created += (_, args) => Touch(args.Name);
        watcher.Changed += (_, args) => Touch(args.Name);
        watcher.Deleted += (_, args) => Touch(args.Name);
        watcher.Renamed += (_, args) =>
        {
            Touch(args.OldName);
            Touch(args.Name);
        };
        watcher.Error += (_, args) => sink.Broken(args.GetException());
        return watcher;

        void Touch(string? name)
        {
            if (ChangeOf(name) is { } id)
                sink.Touched(id);
        }
    }

    private sealed class Watchers : IDisposable
    {
        private readonly List<FileSystemWatcher> _started = [];

        public void Start(FileSystemWatcher? watcher)
        {
            if (watcher is null)
                return;
            _started.Add(watcher);
            try
            {
                watcher.EnableRaisingEvents = true;
            }
            catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException or ArgumentException)
            {
                // The folder went between the look and the start. Its parent is watched already, and its new state is found by the scan that follows.
            }
        }

        public void Dispose()
        {
            foreach (var watcher in _started)
                watcher.Dispose();
        }
    }
}
