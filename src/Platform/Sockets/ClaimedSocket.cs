using System.Net.Sockets;

namespace Platform.Sockets;

/// <summary>A listening Unix socket that this process alone owns, together with the lock that proves it.</summary>
public sealed class ClaimedSocket : IDisposable
{
    private readonly FileStream _lock;
    private readonly UnixFile? _identity;
    private int _disposed;

    internal ClaimedSocket(string path, Socket listener, FileStream pathLock)
    {
        Path = path;
        Listener = listener;
        _lock = pathLock;
        _identity = UnixFile.Inspect(path);
    }

    public string Path { get; }

    public Socket Listener { get; }

    /// <summary>Closes the socket, removes its file if it is still the one that we made, and gives the lock back.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        Listener.Dispose();
        try
        {
            // Somebody may have removed our file and put his own there: his stays.
            if (_identity is not null && _identity.IsSameAs(UnixFile.Inspect(Path))) File.Delete(Path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next start finds a socket file that nobody answers on and replaces it.
        }
        finally
        {
            _lock.Dispose();
        }
    }
}
