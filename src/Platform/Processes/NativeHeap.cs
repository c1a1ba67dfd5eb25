using System.Runtime.InteropServices;

namespace Platform.Processes;

/// <summary>
/// Bounds the heaps of native memory. glibc gives every thread a heap of its own; SQLite's connections are used by whatever thread comes and their pages live
/// long, so every heap keeps holes that the others cannot use, and a process that works for weeks grows by them.
/// </summary>
public static class NativeHeap
{
    // mallopt's names: how many heaps threads get; how much free memory (bytes) at the end of a heap is given back to the system; how much more than
    // needed is taken from it. Giving back and taking again with each transaction would cost more than the transaction.
    private const int ArenaMax = -8;
    private const int TrimThreshold = -1;
    private const int TopPad = -2;
    private const int Arenas = 2;
    private const int KeptAtTheEnd = 2 << 20;
    private const int TakenAtOnce = 256 << 10;

    /// <summary>Call it first in the process: heaps that are there by then stay. Does nothing where the C library has other heaps.</summary>
    public static void Bound()
    {
        if (!OperatingSystem.IsLinux())
            return;
        try
        {
            _ = Tune(ArenaMax, Arenas);
            _ = Tune(TrimThreshold, KeptAtTheEnd);
            _ = Tune(TopPad, TakenAtOnce);
        }
        catch (EntryPointNotFoundException)
        {
            // Not glibc.
        }
    }

#pragma warning disable SYSLIB1054 // LibraryImport would need unsafe code in the whole project; this call passes two numbers.
    [DllImport("libc", EntryPoint = "mallopt")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Tune(int parameter, int value);
#pragma warning restore SYSLIB1054
}
