using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Platform.Sqlite;

/// <summary>A prepared statement that stays with its connection, and what is known of its columns.</summary>
internal sealed class KeptStatement(SqliteCommand command)
{
    private string[] _names = [];
    private Type?[] _types = [];

    public SqliteCommand Command => command;

    /// <summary>Looks at the columns, once: mapping rows to objects asks for the name and the type of each column of each result.</summary>
    public void Learn(SqliteDataReader reader)
    {
        if (_names.Length == reader.FieldCount)
            return;
        _names = [.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetName)];
        _types = [.. Enumerable.Range(0, reader.FieldCount).Select(column => IsOfTable(reader, column) ? reader.GetFieldType(column) : null)];
    }

    public string NameOf(int column) => _names[column];

    /// <summary>The type of a column; null when it has the type of the value that is in it.</summary>
    public Type? TypeOf(int column) => _types[column];

    // An expression has no declared type.
    private static bool IsOfTable(SqliteDataReader reader, int column) => raw.sqlite3_column_decltype(reader.Handle, column).utf8_to_string() is not null;
}
