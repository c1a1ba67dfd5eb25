using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Platform.Sqlite;

/// <summary>
/// A connection that has each statement parsed once. Commands that are made through the interface of ADO.NET, as Dapper makes them, run on prepared
/// statements that stay with the connection; parsing was most of what a short query cost. Like any connection it is used by one thread at a time.
/// </summary>
internal sealed class PreparingConnection(string connectionString) : SqliteConnection(connectionString)
{
    // Queries are few and written by hand; those whose text is put together (a list of ids) shall not crowd them out for ever.
    private const int MaxKept = 256;
    private const int LongestKept = 4000;

    // Only these may be run again as they are: a PRAGMA may do its work while it is parsed.
    private static readonly string[] s_repeatable = ["SELECT", "INSERT", "UPDATE", "DELETE", "WITH"];

    private readonly Dictionary<string, KeptStatement> _idle = new(StringComparer.Ordinal);

    /// <summary>Statements that wait to be used again.</summary>
    internal int KeptStatements => _idle.Count;

    /// <summary>The provider's transaction, if one is open.</summary>
    internal SqliteTransaction? OpenTransaction => Transaction;

    /// <summary>A statement of this SQL: one that has run before, if there is one that nobody uses. Null when it is none that can be kept.</summary>
    /// <exception cref="SqliteException">SQLite does not understand it.</exception>
    internal KeptStatement? Take(string sql)
    {
        if (_idle.Remove(sql, out var statement)) return statement;
        return IsRepeatable(sql) ? KeptStatement.Prepare(this, sql) : null;
    }

    /// <summary>Takes a statement back whose run has ended.</summary>
    internal void Return(KeptStatement statement)
    {
        if (_idle.Count >= MaxKept) Forget();
        if (!_idle.TryAdd(statement.Sql, statement)) statement.Dispose();
    }

    /// <inheritdoc/>
    protected override DbCommand CreateDbCommand() => new KeptCommand(this);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) Forget();
        base.Dispose(disposing);
    }

    private static bool IsRepeatable(string sql)
    {
        if (sql.Length > LongestKept) return false;
        var text = sql.AsSpan().TrimStart();
        foreach (var first in s_repeatable)
        {
            if (text.StartsWith(first, StringComparison.OrdinalIgnoreCase)) return true;
        }

        return false;
    }

    private void Forget()
    {
        foreach (var statement in _idle.Values) statement.Dispose();
        _idle.Clear();
    }
}
