using System.Text.Json;
using Dapper;
using Microsoft.Data.Sqlite;
using Platform.Sqlite;

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
        new(SqliteDatabase.Open(path, connection => SchemaMigrations.Apply(connection, path)), time, events);

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
    }

    private sealed class Transaction(SqliteConnection connection, DateTimeOffset now) : Reader(connection), IStoreTransaction
    {
        private readonly List<WorkflowEvent> _appended = [];

        public IReadOnlyList<WorkflowEvent> Appended => _appended;

        public int Execute(string sql, object? parameters = null) => Connection.Execute(sql, parameters);

        public void Append(NewEvent newEvent)
        {
            var data = JsonSerializer.SerializeToElement(newEvent.Data ?? new { });
            var id = Connection.ExecuteScalar<long>(
                "INSERT INTO event(at, type, change_id, revision, subject, data) VALUES(@At, @Type, @ChangeId, @Revision, @Subject, @Data) RETURNING id",
                new { At = now.ToUnixTimeMilliseconds(), newEvent.Type, newEvent.ChangeId, newEvent.Revision, newEvent.Subject, Data = data.GetRawText() });
            _appended.Add(new WorkflowEvent(id, now, newEvent.Type, newEvent.ChangeId, newEvent.Revision, newEvent.Subject, data));
        }
    }
}
