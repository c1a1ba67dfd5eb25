using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;

namespace Platform.Sqlite;

/// <summary>
/// A command that borrows a prepared statement of its connection while it runs, and gives it back when it is disposed. What cannot be kept (several statements, a PRAGMA,
/// a value of a type of its own) the provider's command runs.
/// </summary>
internal sealed class KeptCommand(PreparingConnection connection) : DbCommand
{
    private readonly SqliteCommand _plain = new(); // holds the parameters, too
    private KeptStatement? _borrowed;

    [AllowNull]
    public override string CommandText { get; set; } = "";

    public override int CommandTimeout { get; set; } = connection.DefaultTimeout;

    public override CommandType CommandType
    {
        get => CommandType.Text;
        set
        {
            if (value != CommandType.Text) throw new NotSupportedException("SQLite knows SQL text only.");
        }
    }

    public override UpdateRowSource UpdatedRowSource { get; set; }

    public override bool DesignTimeVisible { get; set; }

    protected override DbConnection? DbConnection
    {
        get => connection;
        set => throw new NotSupportedException("The command belongs to its connection.");
    }

    protected override DbTransaction? DbTransaction { get; set; }

    protected override DbParameterCollection DbParameterCollection => _plain.Parameters;

    public override void Cancel()
    {
        // SQLite ends a statement between two rows, on the thread that reads them.
    }

    public override void Prepare()
    {
        // Done by the first run.
    }

    public override int ExecuteNonQuery() => Borrow() is { } statement ? statement.Run() : Plain().ExecuteNonQuery();

    public override object? ExecuteScalar()
    {
        using var rows = ExecuteReader();
        return rows.Read() ? rows.GetValue(0) : null;
    }

    protected override DbParameter CreateDbParameter() => _plain.CreateParameter();

    protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior)
    {
        if (Borrow() is not { } statement) return Plain().ExecuteReader(behavior);
        try
        {
            return new KeptReader(statement, statement.Step());
        }
        catch
        {
            statement.Reset();
            throw;
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            GiveBack();
            _plain.Dispose();
        }

        base.Dispose(disposing);
    }

    private KeptStatement? Borrow()
    {
        GiveBack();
        foreach (DbParameter parameter in _plain.Parameters)
        {
            if (!KeptStatement.CanBind(parameter.Value)) return null;
        }

        _borrowed = connection.Take(CommandText);
        _borrowed?.Bind(_plain.Parameters);
        return _borrowed;
    }

    private SqliteCommand Plain()
    {
        (_plain.Connection, _plain.Transaction, _plain.CommandText, _plain.CommandTimeout) = (connection, connection.OpenTransaction, CommandText, CommandTimeout);
        return _plain;
    }

    private void GiveBack()
    {
        if (_borrowed is not { } statement) return;
        _borrowed = null;
        statement.Reset();
        connection.Return(statement);
    }
}
