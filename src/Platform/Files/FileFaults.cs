namespace Platform.Files;

/// <summary>What an I/O error means for what to do next.</summary>
public enum FileFault
{
    Other,

    /// <summary>No space, or the quota is used up: goes away when space is freed.</summary>
    DiskFull,

    /// <summary>The file system is mounted read-only.</summary>
    ReadOnly,

    /// <summary>No permission, or the file is immutable.</summary>
    Denied,

    /// <summary>A folder on the way is gone.</summary>
    Missing,
}

/// <summary>Sorts I/O errors.</summary>
public static class FileFaults
{
    private const int WindowsDiskFull = unchecked((int)0x80070070); // what .NET itself puts into HResult when preallocation fails

    /// <summary>The class of an error. On Unix <c>HResult</c> holds the system's error number.</summary>
    public static FileFault Classify(Exception error) => error switch
    {
        DirectoryNotFoundException or FileNotFoundException => FileFault.Missing,
        UnauthorizedAccessException { InnerException: IOException inner } => Classify(inner) is FileFault.ReadOnly ? FileFault.ReadOnly : FileFault.Denied,
        UnauthorizedAccessException => FileFault.Denied,
        IOException io => io.HResult switch
        {
            WindowsDiskFull or 28 => FileFault.DiskFull,
            122 or 69 => FileFault.DiskFull, // EDQUOT on Linux, macOS
            30 => FileFault.ReadOnly,
            1 or 13 => FileFault.Denied,
            2 or 20 => FileFault.Missing,
            _ => FileFault.Other,
        },
        _ => FileFault.Other,
    };
}
