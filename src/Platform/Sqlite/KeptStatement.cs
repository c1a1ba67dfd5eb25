using System.Buffers;
using System.Data.Common;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Platform.Sqlite;

/// <summary>
/// A prepared statement that stays with its connection, run on SQLite itself: the provider's commands look up each parameter by name and each column's type again in every
/// run, which is most of what a short query costs.
/// </summary>
internal sealed class KeptStatement : IDisposable
{
    private const uint Persistent = 1; // SQLITE_PREPARE_PERSISTENT
    private const int OnStack = 512;

    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;
    private readonly nint _native;
    private readonly Dictionary<string, int> _parameters = new(StringComparer.Ordinal);
    private readonly string[] _columns;
    private readonly Type?[] _types;
    private readonly int _parameterCount;

    private KeptStatement(string sql, sqlite3 database, sqlite3_stmt statement)
    {
        (Sql, _database, _statement, _native) = (sql, database, statement, statement.DangerousGetHandle());
        IsReadOnly = raw.sqlite3_stmt_readonly(statement) != 0;
        _parameterCount = raw.sqlite3_bind_parameter_count(statement);
        for (var i = 1; i <= _parameterCount; i++)
        {
            var name = raw.sqlite3_bind_parameter_name(statement, i).utf8_to_string();
            _parameters[name] = _parameters[name.TrimStart('@', ':', '$')] = i; // Dapper names a parameter without the sign
        }

        var columns = Enumerable.Range(0, raw.sqlite3_column_count(statement)).ToArray();
        _columns = [.. columns.Select(column => raw.sqlite3_column_name(statement, column).utf8_to_string())];
        _types = [.. columns.Select(column => TypeOfAffinity(raw.sqlite3_column_decltype(statement, column).utf8_to_string()))];
    }

    public string Sql { get; }

    public bool IsReadOnly { get; }

    public IReadOnlyList<string> Columns => _columns;

    /// <summary>Prepares one statement; null when the text holds none, or several.</summary>
    /// <exception cref="SqliteException">SQLite does not understand it.</exception>
    public static KeptStatement? Prepare(SqliteConnection connection, string sql)
    {
        var database = connection.Handle ?? throw new InvalidOperationException("The connection is closed.");
        var result = raw.sqlite3_prepare_v3(database, sql, Persistent, out var statement, out string? tail);
        SqliteException.ThrowExceptionForRC(result, database);
        if (!statement.IsInvalid && string.IsNullOrWhiteSpace(tail)) return new KeptStatement(sql, database, statement);
        statement.Dispose();
        return null;
    }

    /// <summary>Whether a value can be bound here; what is not of SQLite's own types is left to the provider.</summary>
    public static bool CanBind(object? value) =>
        value is null or DBNull or string or long or int or short or byte or sbyte or ushort or uint or bool or double or float or byte[];

    /// <summary>Binds all parameters.</summary>
    /// <exception cref="InvalidOperationException">One of the statement's parameters has no value.</exception>
    public void Bind(DbParameterCollection parameters)
    {
        var bound = 0;
        foreach (DbParameter parameter in parameters)
        {
            if (!_parameters.TryGetValue(parameter.ParameterName, out var index)) continue;
            SqliteException.ThrowExceptionForRC(Bind(index, parameter.Value), _database);
            bound++;
        }

        if (bound < _parameterCount)
            throw new InvalidOperationException($"{_parameterCount - bound} of the parameters {string.Join(", ", _parameters.Keys.Where(name => !char.IsAsciiLetter(name[0])))} have no value.");
    }

    /// <summary>Goes to the next row; false at the end.</summary>
    /// <exception cref="SqliteException">The statement failed.</exception>
    public bool Step()
    {
        var result = raw.sqlite3_step(_statement);
        if (result == raw.SQLITE_ROW) return true;
        SqliteException.ThrowExceptionForRC(result, _database);
        return false;
    }

    /// <summary>Ends the run, so that the statement holds no lock and no value. It never fails: what failed was told by <see cref="Step"/>.</summary>
    public void Reset()
    {
        raw.sqlite3_reset(_statement);
        if (_parameterCount > 0) raw.sqlite3_clear_bindings(_statement);
    }

    /// <summary>Runs it to its end. Returns the rows that it changed; -1 for one that only reads.</summary>
    public int Run()
    {
        try
        {
            while (Step())
            {
                // Rows that nobody wants.
            }

            return IsReadOnly ? -1 : raw.sqlite3_changes(_database);
        }
        finally
        {
            Reset();
        }
    }

    /// <summary>The type of a column: as its table declares it, otherwise of the value that is in it.</summary>
    public Type TypeOf(int column) => _types[column] ?? NativeColumns.Type(_native, column) switch
    {
        raw.SQLITE_INTEGER => typeof(long),
        raw.SQLITE_FLOAT => typeof(double),
        raw.SQLITE_TEXT => typeof(string),
        raw.SQLITE_BLOB => typeof(byte[]),
        _ => typeof(object),
    };

    public bool IsNull(int column) => NativeColumns.Type(_native, column) == raw.SQLITE_NULL;

    public object Value(int column) => NativeColumns.Type(_native, column) switch
    {
        raw.SQLITE_INTEGER => NativeColumns.Integer(_native, column),
        raw.SQLITE_FLOAT => NativeColumns.Real(_native, column),
        raw.SQLITE_TEXT => Utf8(column),
        raw.SQLITE_BLOB => raw.sqlite3_column_blob(_statement, column).ToArray(),
        _ => DBNull.Value,
    };

    public long Integer(int column) => NativeColumns.Integer(_native, column);

    public double Real(int column) => NativeColumns.Real(_native, column);

    public string Text(int column) => NativeColumns.Type(_native, column) == raw.SQLITE_TEXT ? Utf8(column) : raw.sqlite3_column_text(_statement, column).utf8_to_string();

    /// <inheritdoc/>
    public void Dispose() => _statement.Dispose();

    private string Utf8(int column)
    {
        var bytes = NativeColumns.Bytes(_native, column); // before its length, as SQLite demands
        return bytes == 0 ? "" : Marshal.PtrToStringUTF8(bytes, NativeColumns.Length(_native, column));
    }

    private int Bind(int index, object? value) => value switch
    {
        null or DBNull => raw.sqlite3_bind_null(_statement, index),
        "" => raw.sqlite3_bind_text(_statement, index, ""), // nothing at all would be NULL
        string text => BindText(index, text),
        byte[] { Length: 0 } => raw.sqlite3_bind_zeroblob(_statement, index, 0),
        byte[] bytes => raw.sqlite3_bind_blob(_statement, index, bytes),
        double number => raw.sqlite3_bind_double(_statement, index, number),
        float number => raw.sqlite3_bind_double(_statement, index, number),
        _ => raw.sqlite3_bind_int64(_statement, index, Convert.ToInt64(value, null)),
    };

    private int BindText(int index, string text)
    {
        var most = Encoding.UTF8.GetMaxByteCount(text.Length);
        if (most <= OnStack)
        {
            Span<byte> few = stackalloc byte[OnStack];
            return raw.sqlite3_bind_text(_statement, index, few[..Encoding.UTF8.GetBytes(text, few)]);
        }

        var rented = ArrayPool<byte>.Shared.Rent(most);
        var result = raw.sqlite3_bind_text(_statement, index, rented.AsSpan(0, Encoding.UTF8.GetBytes(text, rented)));
        ArrayPool<byte>.Shared.Return(rented);
        return result;
    }

    // The rules of "Determination Of Column Affinity" in SQLite's documentation of its types; an expression has no declared type.
    private static Type? TypeOfAffinity(string? declared)
    {
        if (declared is null) return null;
        if (Has("INT")) return typeof(long);
        if (Has("CHAR") || Has("CLOB") || Has("TEXT")) return typeof(string);
        if (declared.Length == 0 || Has("BLOB")) return typeof(byte[]);
        return Has("REAL") || Has("FLOA") || Has("DOUB") ? typeof(double) : null;

        bool Has(string part) => declared.Contains(part, StringComparison.OrdinalIgnoreCase);
    }
}
