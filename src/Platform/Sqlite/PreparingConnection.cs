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

    private readonly Dictionary<string, SqliteCommand> _idle = new(StringComparer.Ordinal);

    /// <summary>Statements that wait to be used again.</summary>
    internal int KeptStatements => _idle.Count;

    /// <summary>A command for this SQL without parameters: one that has run before, if there is one that nobody uses.</summary>
    internal SqliteCommand Take(string sql)
    {
        if (!_idle.Remove(sql, out var command))
        {
            command = CreateCommand();
            command.CommandText = sql;
        }

        command.Transaction = Transaction;
        return command;
    }

    /// <summary>Takes a command back whose last run has ended.</summary>
    internal void Return(SqliteCommand command)
    {
        command.Parameters.Clear();
        var sql = command.CommandText;
        if (_idle.Count >= MaxKept) Forget();
        if (!IsRepeatable(sql) || !_idle.TryAdd(sql, command)) command.Dispose();
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
        foreach (var command in _idle.Values) command.Dispose();
        _idle.Clear();
    }
}
