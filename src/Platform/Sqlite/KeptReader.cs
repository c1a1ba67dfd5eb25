using System.Collections;
using System.Data.Common;

namespace Platform.Sqlite;

/// <summary>The rows of a <see cref="KeptStatement"/> that has been run to its first one.</summary>
internal sealed class KeptReader(KeptStatement statement, bool hasRows) : DbDataReader
{
    private bool _isBeforeFirst = true;
    private bool _hasRow = hasRows;
    private bool _isClosed;

    public override int Depth => 0;

    public override int FieldCount => statement.Columns.Count;

    public override bool HasRows { get; } = hasRows;

    public override bool IsClosed => _isClosed;

    public override int RecordsAffected => -1;

    public override object this[int ordinal] => statement.Value(ordinal);

    public override object this[string name] => statement.Value(GetOrdinal(name));

    public override bool Read()
    {
        if (!_isBeforeFirst) return _hasRow = _hasRow && statement.Step();
        _isBeforeFirst = false;
        return _hasRow;
    }

    public override bool NextResult() => false;

    public override string GetName(int ordinal) => statement.Columns[ordinal];

    public override Type GetFieldType(int ordinal) => statement.TypeOf(ordinal);

    public override string GetDataTypeName(int ordinal) => GetFieldType(ordinal).Name;

    public override int GetOrdinal(string name)
    {
        for (var i = 0; i < FieldCount; i++)
        {
            if (string.Equals(GetName(i), name, StringComparison.OrdinalIgnoreCase)) return i;
        }

        throw new ArgumentOutOfRangeException(nameof(name), name, "There is no such column.");
    }

    public override bool IsDBNull(int ordinal) => statement.IsNull(ordinal);

    public override object GetValue(int ordinal) => statement.Value(ordinal);

    public override int GetValues(object[] values)
    {
        var count = Math.Min(values.Length, FieldCount);
        for (var i = 0; i < count; i++) values[i] = GetValue(i);
        return count;
    }

    public override bool GetBoolean(int ordinal) => statement.Integer(ordinal) != 0;

    public override byte GetByte(int ordinal) => checked((byte)statement.Integer(ordinal));

    public override short GetInt16(int ordinal) => checked((short)statement.Integer(ordinal));

    public override int GetInt32(int ordinal) => checked((int)statement.Integer(ordinal));

    public override long GetInt64(int ordinal) => statement.Integer(ordinal);

    public override float GetFloat(int ordinal) => (float)statement.Real(ordinal);

    public override double GetDouble(int ordinal) => statement.Real(ordinal);

    public override string GetString(int ordinal) => statement.Text(ordinal);

    public override char GetChar(int ordinal) => throw None("char");

    public override decimal GetDecimal(int ordinal) => throw None("decimal");

    public override DateTime GetDateTime(int ordinal) => throw None("date");

    public override Guid GetGuid(int ordinal) => throw None("GUID");

    public override long GetBytes(int ordinal, long dataOffset, byte[]? buffer, int bufferOffset, int length) => throw None("stream of bytes");

    public override long GetChars(int ordinal, long dataOffset, char[]? buffer, int bufferOffset, int length) => throw None("stream of characters");

    public override IEnumerator GetEnumerator() => new DbEnumerator(this);

    public override void Close()
    {
        if (_isClosed) return;
        _isClosed = true;
        statement.Reset();
    }

    private static NotSupportedException None(string type) => new($"SQLite stores no {type}: read an integer, a real, text or bytes.");
}
