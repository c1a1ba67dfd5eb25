using System.Text.Json;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Workflow.Storage;

/// <summary>Appends events on the writing connection with one statement that is prepared once: every step of the daemon appends, and nobody shall wait for a parser.</summary>
internal sealed class EventAppender : IDisposable
{
    private static readonly JsonElement s_empty = JsonSerializer.SerializeToElement(new { });

    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _command;
    private readonly SqliteParameter[] _parameters;

    public EventAppender(SqliteConnection connection)
    {
        _connection = connection;
        _command = connection.CreateCommand();
        _command.CommandText = "INSERT INTO event(at, type, change_id, revision, subject, data) VALUES(@At, @Type, @ChangeId, @Revision, @Subject, @Data)";
        _parameters = [new("@At", SqliteType.Integer), new("@Type", SqliteType.Text), new("@ChangeId", SqliteType.Text), new("@Revision", SqliteType.Text), new("@Subject", SqliteType.Text), new("@Data", SqliteType.Text)];
        _command.Parameters.AddRange(_parameters);
    }

    /// <summary>Appends in the transaction that is open.</summary>
    public WorkflowEvent Append(NewEvent newEvent, DateTimeOffset now)
    {
        var data = newEvent.Data is null ? s_empty : JsonSerializer.SerializeToElement(newEvent.Data);
        _parameters[0].Value = now.ToUnixTimeMilliseconds();
        Set(1, newEvent.Type);
        Set(2, newEvent.Change);
        Set(3, newEvent.Revision);
        Set(4, newEvent.Subject);
        Set(5, data.GetRawText());
        _command.ExecuteNonQuery();
        return new WorkflowEvent(raw.sqlite3_last_insert_rowid(_connection.Handle), now, newEvent.Type, newEvent.Change, newEvent.Revision, newEvent.Subject, data);
    }

    public void Dispose() => _command.Dispose();

    private void Set(int parameter, string? value) => _parameters[parameter].Value = value is null ? DBNull.Value : value;
}
