using System.Collections;
using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Platform.Sqlite;

/// <summary>The rows of a <see cref="KeptStatement"/>; names and types of its columns come from what is known of it.</summary>
internal sealed class KeptReader(SqliteDataReader rows, KeptStatement statement) : DbDataReader
{
    public override int Depth => rows.Depth;

    public override int FieldCount => rows.FieldCount;

    public override bool HasRows => rows.HasRows;

    public override bool IsClosed => rows.IsClosed;

    public override int RecordsAffected => rows.RecordsAffected;

    public override object this[int ordinal] => rows[ordinal];

    public override object this[string name] => rows[name];

    public override string GetName(int ordinal) => statement.NameOf(ordinal);

    public override Type GetFieldType(int ordinal) => statement.TypeOf(ordinal) ?? rows.GetFieldType(ordinal);

    public override string GetDataTypeName(int ordinal) => rows.GetDataTypeName(ordinal);

    public override int GetOrdinal(string name) => rows.GetOrdinal(name);

    public override bool Read() => rows.Read();

    public override bool NextResult() => rows.NextResult();

    public override bool IsDBNull(int ordinal) => rows.IsDBNull(ordinal);

    public override object GetValue(int ordinal) => rows.GetValue(ordinal);

    public override int GetValues(object[] values) => rows.GetValues(values);

    public override T GetFieldValue<T>(int ordinal) => rows.GetFieldValue<T>(ordinal);

    public override bool GetBoolean(int ordinal) => rows.GetBoolean(ordinal);

    public override byte GetByte(int ordinal) => rows.GetByte(ordinal);

    public override long GetBytes(int ordinal, long dataOffset, byte[]? buffer, int bufferOffset, int length) => rows.GetBytes(ordinal, dataOffset, buffer!, bufferOffset, length);

    public override char GetChar(int ordinal) => rows.GetChar(ordinal);

    public override long GetChars(int ordinal, long dataOffset, char[]? buffer, int bufferOffset, int length) => rows.GetChars(ordinal, dataOffset, buffer!, bufferOffset, length);

    public override DateTime GetDateTime(int ordinal) => rows.GetDateTime(ordinal);

    public override decimal GetDecimal(int ordinal) => rows.GetDecimal(ordinal);

    public override double GetDouble(int ordinal) => rows.GetDouble(ordinal);

    public override float GetFloat(int ordinal) => rows.GetFloat(ordinal);

    public override Guid GetGuid(int ordinal) => rows.GetGuid(ordinal);

    public override short GetInt16(int ordinal) => rows.GetInt16(ordinal);

    public override int GetInt32(int ordinal) => rows.GetInt32(ordinal);

    public override long GetInt64(int ordinal) => rows.GetInt64(ordinal);

    public override string GetString(int ordinal) => rows.GetString(ordinal);

    public override Stream GetStream(int ordinal) => rows.GetStream(ordinal);

    public override IEnumerator GetEnumerator() => rows.GetEnumerator();

    public override void Close() => rows.Close();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            rows.Dispose();
        base.Dispose(disposing);
    }
}
