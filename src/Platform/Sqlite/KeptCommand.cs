using System.Collections.Concurrent;
using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;

namespace Platform.Sqlite;

/// <summary>A command that borrows a prepared statement of its connection while it runs, and gives it back when it is disposed. One whose run failed is not used again.</summary>
internal sealed class KeptCommand(PreparingConnection connection) : DbCommand
{
    // Holds the parameters until the text is known, which may be changed up to the last moment.
    private readonly SqliteCommand _draft = new();
    private KeptStatement? _borrowed;
    private bool _failed;

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

    protected override DbParameterCollection DbParameterCollection => _draft.Parameters;

    public override void Cancel()
    {
        // SQLite ends a statement between two rows, on the thread that reads them.
    }

    public override void Prepare()
    {
        // Done by the first run.
    }

    public override int ExecuteNonQuery() => Run(static statement => statement.Command.ExecuteNonQuery());

    public override object? ExecuteScalar() => Run(static statement => statement.Command.ExecuteScalar());

    protected override DbParameter CreateDbParameter() => new NamedParameter();

    protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior) => Run(statement =>
    {
        var rows = statement.Command.ExecuteReader(behavior);
        statement.Learn(rows);
        return new KeptReader(rows, statement);
    });

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            GiveBack();
            _draft.Dispose();
        }

        base.Dispose(disposing);
    }

    private T Run<T>(Func<KeptStatement, T> run)
    {
        GiveBack();
        var statement = _borrowed = connection.Take(CommandText);
        statement.Command.CommandTimeout = CommandTimeout;
        foreach (SqliteParameter parameter in _draft.Parameters) statement.Command.Parameters.Add(parameter);
        try
        {
            return run(statement);
        }
        catch
        {
            _failed = true;
            throw;
        }
    }

    private void GiveBack()
    {
        if (_borrowed is not { } statement) return;
        _borrowed = null;
        if (_failed) statement.Command.Dispose();
        else connection.Return(statement);
        _failed = false;
    }

    // Dapper names parameters without the sign that SQL has before them; then the provider asks SQLite for the bare name first, and for every sign.
    private sealed class NamedParameter : SqliteParameter
    {
        private static readonly ConcurrentDictionary<string, string> s_names = new(StringComparer.Ordinal);

        [AllowNull]
        public override string ParameterName
        {
            get => base.ParameterName;
            set => base.ParameterName = value is { Length: > 0 } && char.IsAsciiLetter(value[0]) ? s_names.GetOrAdd(value, static name => "@" + name) : value;
        }
    }
}
