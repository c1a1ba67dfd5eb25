using System.Runtime.InteropServices;

namespace Platform.Sqlite;

/// <summary>
/// Maps the provider's <c>e_sqlite3</c> onto the machine's own libsqlite3, so that security fixes come from the operating system
/// (the bundled native library of the last restorable package is from 2021 and has known defects).
/// </summary>
public static class SystemSqlite
{
    private static readonly Lock Gate = new();
    private static bool s_initialized;

    /// <summary>Loads the library once for the process. Call before the first connection.</summary>
    /// <exception cref="DllNotFoundException">The system has no libsqlite3; the message names the package to install.</exception>
    public static void Initialize()
    {
        lock (Gate)
        {
            if (s_initialized)
                return;
            foreach (var caller in new[] { typeof(SQLitePCL.SQLite3Provider_e_sqlite3), typeof(NativeColumns) })
                NativeLibrary.SetDllImportResolver(caller.Assembly, static (name, _, _) => name == NativeColumns.Library ? Load() : 0);
            SQLitePCL.raw.SetProvider(new SQLitePCL.SQLite3Provider_e_sqlite3());
            SQLitePCL.raw.FreezeProvider();
            if (SQLitePCL.raw.sqlite3_threadsafe() == 0)
                throw new InvalidOperationException("The system's SQLite library was built single-threaded; install the standard build.");
            s_initialized = true;
        }
    }

    private static nint Load()
    {
        string[] names = OperatingSystem.IsMacOS() ? ["libsqlite3.dylib", "/usr/lib/libsqlite3.dylib"] : ["libsqlite3.so.0", "libsqlite3.so"];
        foreach (var name in names)
        {
            if (NativeLibrary.TryLoad(name, out var handle))
                return handle;
        }

        throw new DllNotFoundException("libsqlite3 was not found. Install it: 'apt install libsqlite3-0' (Debian, Ubuntu) or the package of your system.");
    }
}
