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
            throw new InstanceRunningException($"Another daemon serves {repository.Root}: {Owner(repository)}. Stop it with scripts/stop-all.sh, or use it: wo status.");
        }

        // Beside the lock, because .NET takes a lock for reading too: nobody could read what stands in a locked file.
        using var owner = new FileStream(OwnerFile(repository), FileMode.Create, FileAccess.Write, FileShare.Read);
        owner.Write(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"process {Environment.ProcessId}, since {time.GetUtcNow():O}")));
        return new InstanceLock(file);
    }

    public void Dispose() => _file.Dispose();

    private static string OwnerFile(Repository repository) => Path.Combine(repository.StateFolder, "lock.owner");

    private static string Owner(Repository repository)
    {
        try
        {
            return File.ReadAllText(OwnerFile(repository)) is { Length: > 0 } owner ? owner : "a process that is just starting";
        }
        catch (IOException)
        {
            return "a process that could not be named";
        }
    }
}

/// <summary>A second daemon was started for the same repository.</summary>
internal sealed class InstanceRunningException(string message) : Exception(message);
