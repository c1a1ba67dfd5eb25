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

    /// <summary>A statement of this SQL without parameters: one that has run before, if there is one that nobody uses.</summary>
    internal KeptStatement Take(string sql)
    {
        if (!_idle.Remove(sql, out var statement))
        {
            statement = new KeptStatement(CreateCommand());
            statement.Command.CommandText = sql;
        }

        statement.Command.Transaction = Transaction;
        return statement;
    }

    /// <summary>Takes a statement back whose last run has ended.</summary>
    internal void Return(KeptStatement statement)
    {
        statement.Command.Parameters.Clear();
        var sql = statement.Command.CommandText;
        if (_idle.Count >= MaxKept) Forget();
        if (!IsRepeatable(sql) || !_idle.TryAdd(sql, statement)) statement.Command.Dispose();
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
        var text = sql.AsSpan().TrimStart();
        if (sql.Length > LongestKept) return false;
        foreach (var first in s_repeatable)
        {
            if (text.StartsWith(first, StringComparison.OrdinalIgnoreCase)) return true;
        }

        return false;
    }

    private void Forget()
    {
        foreach (var statement in _idle.Values) statement.Command.Dispose();
        _idle.Clear();
    }
}
