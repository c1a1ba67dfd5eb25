using System.Globalization;
using System.Reflection;
using Dapper;
using Microsoft.Data.Sqlite;
using Workflow.Hosting;

namespace Workflow.Storage;

/// <summary>
/// The schema, as numbered scripts <c>NNN_name.sql</c> embedded from <c>Storage/Migrations</c>. The version of a store is the number of its last
/// script (SQLite's <c>user_version</c>), so the numbers have no gap and none twice. A released script is never changed: add the next one.
/// </summary>
internal static class SchemaMigrations
{
    /// <summary>Failpoint: a script has run and is not committed.</summary>
    public const string InScript = "storage.migration-script";

    private const string Marker = ".Migrations.";

    /// <summary>Version that this build writes.</summary>
    public static int Current => Scripts().Max(script => script.Version);

    /// <summary>Only reads.</summary>
    /// <exception cref="StoreVersionException">The store is newer than this build.</exception>
    public static void RefuseNewer(SqliteConnection connection, string path)
    {
        var found = connection.ExecuteScalar<int>("PRAGMA user_version");
        if (found > Current)
            throw new StoreVersionException(path, found, Current);
    }

    /// <summary>Runs what is missing, each script in its own transaction.</summary>
    /// <exception cref="StoreVersionException">The store is newer than this build.</exception>
    public static void Apply(SqliteConnection connection, string path)
    {
        RefuseNewer(connection, path);
        var found = connection.ExecuteScalar<int>("PRAGMA user_version");
        foreach (var (version, resource) in Scripts().Where(script => script.Version > found).OrderBy(script => script.Version))
        {
            using var transaction = connection.BeginTransaction();
            connection.Execute(Text(resource), transaction: transaction);
            Failpoint.Hit(InScript);
            connection.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version = {version}"), transaction: transaction);
            transaction.Commit();
        }
    }

    /// <summary>All scripts in no order.</summary>
    internal static IEnumerable<(int Version, string Resource)> Scripts() =>
        from resource in Assembly.GetExecutingAssembly().GetManifestResourceNames()
        let at = resource.IndexOf(Marker, StringComparison.Ordinal)
        where at >= 0
        select (int.Parse(resource.AsSpan(at + Marker.Length, 3), CultureInfo.InvariantCulture), resource);

    private static string Text(string resource)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(resource)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}

/// <summary>The store was written by a newer version of the program; it is left untouched.</summary>
internal sealed class StoreVersionException(string path, int found, int supported)
    : Exception($"The store {path} has schema version {found}; this build knows versions up to {supported}. Start the newer version again, or move the file away to begin with an empty store.");
