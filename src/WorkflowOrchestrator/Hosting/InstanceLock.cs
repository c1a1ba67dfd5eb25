using System.Globalization;
using System.Text;

namespace Workflow.Hosting;

/// <summary>
/// One daemon a repository: an exclusive advisory lock on <c>lock</c> in the state folder, held while the process lives. The system drops it
/// when the process dies, however it dies.
/// </summary>
internal sealed class InstanceLock : IDisposable
{
    private readonly FileStream _file;

    private InstanceLock(FileStream file) => _file = file;

    /// <summary>Takes the lock.</summary>
    /// <exception cref="InstanceRunningException">Another daemon holds it; the message names it.</exception>
    public static InstanceLock Acquire(Repository repository, TimeProvider time)
    {
        var path = Path.Combine(repository.StateFolder, "lock");
        FileStream file;
        try
        {
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            throw new InstanceRunningException($"Another daemon serves {repository.Root}: {Holder(path)}. Stop it with scripts/stop-all.sh, or use it: wo status.");
        }

        file.SetLength(0);
        file.Write(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"process {Environment.ProcessId}, since {time.GetUtcNow():O}")));
        file.Flush(flushToDisk: true);
        return new InstanceLock(file);
    }

    public void Dispose() => _file.Dispose();

    private static string Holder(string path)
    {
        try
        {
            using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
            return reader.ReadToEnd() is { Length: > 0 } holder ? holder : "a process that is just starting";
        }
        catch (IOException)
        {
            return "a process that could not be named";
        }
    }
}

/// <summary>A second daemon was started for the same repository.</summary>
internal sealed class InstanceRunningException(string message) : Exception(message);
