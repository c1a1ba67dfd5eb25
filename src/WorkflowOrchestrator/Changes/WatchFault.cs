namespace Workflow.Changes;

/// <summary>Why file events cannot be had, and what to do about it. Pure.</summary>
/// <param name="Detail">What is wrong.</param>
/// <param name="Remedy">What to do.</param>
/// <param name="MayPass">It is worth trying again later.</param>
internal sealed record WatchFault(string Detail, string Remedy, bool MayPass)
{
    private const int TooManyOpenFiles = 24; // EMFILE: the instances of this user, or the descriptors of this process
    private const int NoSpace = 28; // ENOSPC: the watches of this user

    /// <summary>Recognises the exhaustion of a limit; null for faults after which a new watcher may do better.</summary>
    public static WatchFault? Of(Exception error) => error is not IOException ? null : error.HResult switch
    {
        TooManyOpenFiles => new(
            "the user's inotify instances (or this process's file descriptors) are used up",
            "Run: sudo sysctl fs.inotify.max_user_instances=1024 (and put it into /etc/sysctl.d/), or close programs that watch files.",
            MayPass: true),
        NoSpace => new(
            "the user's inotify watches are used up",
            "Run: sudo sysctl fs.inotify.max_user_watches=1048576 (and put it into /etc/sysctl.d/), or close programs that watch files.",
            MayPass: true),
        _ => null,
    };

    /// <summary>File systems on which other machines write: the kernel does not tell about those writes. Null for local ones.</summary>
    public static WatchFault? OfFileSystem(string format)
    {
        var isRemote = format.StartsWith("nfs", StringComparison.OrdinalIgnoreCase)
            || format.StartsWith("smb", StringComparison.OrdinalIgnoreCase)
            || format.StartsWith("fuse.", StringComparison.OrdinalIgnoreCase)
            || format.Equals("fuse", StringComparison.OrdinalIgnoreCase)
            || format.ToUpperInvariant() is "CIFS" or "9P" or "V9FS" or "VIRTIOFS" or "VBOXSF" or "VMHGFS" or "AFS" or "CEPH" or "GFS2" or "LUSTRE" or "DRVFS" or "PRL_FS";
        return isRemote
            ? new($"the file system ({format}) does not announce what other machines write", "Nothing needs to be done; put the repository on a local disk to have saves noticed at once.", MayPass: false)
            : null;
    }

    /// <summary>Watching failed for another reason.</summary>
    public static WatchFault Other(Exception error) => new(error.Message, "The daemon tries again by itself; if this stays, check the permissions of the changes folder.", MayPass: true);

    /// <summary>File events came for none of several changes in a row.</summary>
    public static WatchFault Silent { get; } = new(
        "file events do not arrive on this file system",
        "Nothing needs to be done; a local disk (outside a container's shared folder) has saves noticed at once.",
        MayPass: false);
}
