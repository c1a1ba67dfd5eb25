namespace Platform.Files;

/// <summary>
/// What is left to do after several files were replaced together: each folder is flushed once, and only then what the new files took the place of is
/// deleted. Until <see cref="Complete"/> a power failure may bring the old names back; the old bytes lie under the temporary names till then.
/// </summary>
/// <remarks>One thread at a time.</remarks>
public sealed class PendingReplacements
{
    private readonly HashSet<string> _folders = new(StringComparer.Ordinal);
    private readonly List<string> _temporaries = [];

    /// <summary>Adds a folder whose names have to become durable.</summary>
    public void Add(string folder) => _folders.Add(folder);

    /// <summary>Creates a folder in one that exists; false when the name is taken.</summary>
    /// <exception cref="IOException">The folder above is not there, or it cannot be created in it; nothing was created.</exception>
    public bool TryCreateFolder(string folder)
    {
        if (!NativeFile.TryCreateFolder(folder))
            return false;
        _folders.Add(Path.GetDirectoryName(folder)!);
        return true;
    }

    /// <summary>Makes the new names durable and deletes what they replaced.</summary>
    /// <exception cref="IOException">A folder cannot be flushed; the temporary files are deleted nevertheless. Can be called again.</exception>
    public void Complete()
    {
        try
        {
            foreach (var folder in _folders.Where(Directory.Exists)) // one that was moved away meanwhile has no names to keep
                AtomicFile.FlushFolder(folder);
            _folders.Clear();
        }
        finally
        {
            _temporaries.ForEach(AtomicFile.TryDelete);
            _temporaries.Clear();
        }
    }

    internal void Add(string folder, string temporary)
    {
        _folders.Add(folder);
        _temporaries.Add(temporary);
    }
}
