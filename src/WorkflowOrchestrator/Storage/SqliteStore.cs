using System.Data.Common;
using System.Text.Json;
using Dapper;
using Microsoft.Data.Sqlite;
using Platform.Sqlite;
using SQLitePCL;

namespace Workflow.Storage;

/// <summary>The store in one SQLite file (WAL, synchronous FULL, one writer with group commit).</summary>
internal sealed class SqliteStore : IStore, IAsyncDisposable
{
    private readonly SqliteDatabase _database;
    private readonly TimeProvider _time;
    private readonly EventHub _events;

    private SqliteStore(SqliteDatabase database, TimeProvider time, EventHub events)
    {
        _database = database;
        _time = time;
        _events = events;
    }

    /// <summary>Opens or creates the store and brings its schema up to date.</summary>
    /// <exception cref="StoreVersionException">The file was written by a newer version.</exception>
    public static SqliteStore Open(string path, TimeProvider time, EventHub events) =>
        new(SqliteDatabase.Open(path, connection => SchemaMigrations.Apply(connection, path), connection => SchemaMigrations.RefuseNewer(connection, path)), time, events);

    public async Task<T> WriteAsync<T>(Func<IStoreTransaction, T> work, CancellationToken cancellationToken = default)
    {
        var (result, events) = await _database.WriteAsync(
            connection =>
            {
                var transaction = new Transaction(connection, _time.GetUtcNow());
                return (work(transaction), transaction.Appended);
            },
            cancellationToken);
        _events.Publish(events);
        return result;
    }

    public T Read<T>(Func<IStoreReader, T> query) => _database.Read(connection => query(new Reader(connection)));

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    private class Reader(SqliteConnection connection) : IStoreReader
    {
        protected SqliteConnection Connection => connection;

        public IReadOnlyList<T> Query<T>(string sql, object? parameters = null) => connection.Query<T>(sql, parameters).AsList();

        public T? First<T>(string sql, object? parameters = null) => connection.QueryFirstOrDefault<T>(sql, parameters);

        public IReadOnlyList<T> Query<T>(string sql, object? parameters, Func<DbDataReader, T> map)
        {
            using var rows = (DbDataReader)connection.ExecuteReader(sql, parameters);
            return All(rows, map);
        }

        public IReadOnlyList<T> QueryById<T>(string sql, string id, Func<DbDataReader, T> map)
        {
            using var command = ((DbConnection)connection).CreateCommand(); // the connection's own kind, which keeps its statement
            command.CommandText = sql;
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = ("@Id", id);
            command.Parameters.Add(parameter);
            using var rows = command.ExecuteReader();
            return All(rows, map);
        }

        public void ScanEvents(long after, DateTimeOffset? since, EventVisitor visit)
        {
            using var command = connection.CreateCommand();
            command.CommandText = "SELECT id, at, type, change_id, revision, subject, data FROM event WHERE id > @after AND at >= @since ORDER BY id";
            command.Parameters.AddWithValue("@after", after);
            command.Parameters.AddWithValue("@since", since?.ToUnixTimeMilliseconds() ?? long.MinValue);
            using var reader = command.ExecuteReader();
            while (reader.Read())
            {
                var row = reader.Handle!;
                visit(new EventBytes
                {
                    Id = raw.sqlite3_column_int64(row, 0),
                    At = raw.sqlite3_column_int64(row, 1),
                    Type = raw.sqlite3_column_blob(row, 2),
                    Change = raw.sqlite3_column_blob(row, 3),
                    Revision = raw.sqlite3_column_blob(row, 4),
                    Subject = raw.sqlite3_column_blob(row, 5),
                    Data = raw.sqlite3_column_blob(row, 6),
                });
            }
        }

        private static List<T> All<T>(DbDataReader rows, Func<DbDataReader, T> map)
        {
            var all = new List<T>();
            while (rows.Read())
                all.Add(map(rows));
            return all;
        }
    }

    private sealed class Transaction(SqliteConnection connection, DateTimeOffset now) : Reader(connection), IStoreTransaction
    {
        private static readonly JsonElement s_empty = JsonSerializer.SerializeToElement(new { });

        private readonly List<WorkflowEvent> _appended = [];

        public IReadOnlyList<WorkflowEvent> Appended => _appended;

        public int Execute(string sql, object? parameters = null) => Connection.Execute(sql, parameters);

        public void Append(NewEvent newEvent)
        {
            var data = newEvent.Data is null ? s_empty : JsonSerializer.SerializeToElement(newEvent.Data);
            Execute(
                "INSERT INTO event(at, type, change_id, revision, subject, data) VALUES(@At, @Type, @Change, @Revision, @Subject, @Data)",
                new { At = now.ToUnixTimeMilliseconds(), newEvent.Type, newEvent.Change, newEvent.Revision, newEvent.Subject, Data = data.GetRawText() });
            _appended.Add(new WorkflowEvent(raw.sqlite3_last_insert_rowid(Connection.Handle), now, newEvent.Type, newEvent.Change, newEvent.Revision, newEvent.Subject, data));
        }
    }
}
