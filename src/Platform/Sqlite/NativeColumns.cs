using System.Runtime.InteropServices;

namespace Platform.Sqlite;

/// <summary>
/// The columns of a row, asked of SQLite without the safe handle that the provider locks for every one of dozens of calls a row: whoever reads holds the statement.
/// Each returns at once and waits for nothing, so the runtime need not prepare for a collection of garbage meanwhile.
/// </summary>
internal static class NativeColumns
{
    /// <summary>The provider's name for the library, which <see cref="SystemSqlite"/> maps onto that of the system.</summary>
    public const string Library = "e_sqlite3";

#pragma warning disable SYSLIB1054 // LibraryImport would need unsafe code in the whole project; these calls pass nothing but numbers.
    /// <summary>One of <c>SQLITE_INTEGER</c> and so on.</summary>
    [DllImport(Library, EntryPoint = "sqlite3_column_type")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    [SuppressGCTransition]
    public static extern int Type(nint statement, int column);

    [DllImport(Library, EntryPoint = "sqlite3_column_int64")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    [SuppressGCTransition]
    public static extern long Integer(nint statement, int column);

    [DllImport(Library, EntryPoint = "sqlite3_column_double")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    [SuppressGCTransition]
    public static extern double Real(nint statement, int column);

    /// <summary>Where the bytes of a text or blob are, until the next step; 0 for an empty one.</summary>
    [DllImport(Library, EntryPoint = "sqlite3_column_blob")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    [SuppressGCTransition]
    public static extern nint Bytes(nint statement, int column);

    /// <summary>How many they are.</summary>
    [DllImport(Library, EntryPoint = "sqlite3_column_bytes")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    [SuppressGCTransition]
    public static extern int Length(nint statement, int column);
#pragma warning restore SYSLIB1054
}
