using System.Collections.Concurrent;
using System.Threading.Channels;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Platform.Sqlite;

/// <summary>
/// A SQLite file with exactly one writing connection, which alone checkpoints, and read-only readers.
/// Writers queue; every write runs in a savepoint of a shared transaction, and its task completes after COMMIT has reached the disk
/// (group commit). One caller's failure rolls back only its own work; what it takes for that, the old pages of each savepoint, is kept in memory: SQLite
/// would write more of it to a temporary file than the transaction writes to its log.
/// One writer is also how the WAL-reset defect of SQLite before 3.51.3 is avoided.
/// </summary>
public sealed class SqliteDatabase : IAsyncDisposable
{
    // Writes wait when 4,096 are queued: callers slow down instead of memory growing.
    private const int QueueCapacity = 4096;

    // Bounds how long the first caller of a batch waits for the last.
    private const int BatchLimit = 512;

    // The writer keeps the upper pages of all indexes in memory (KiB), and copies the log into the file in larger pieces (pages) than by default: pages
    // that many writes have touched are then copied once.
    private const int WriterCacheKibibytes = 16_000;
    private const int CheckpointPages = 4_000;

    // Reading connections that are kept when nobody reads; a moment with more readers at a time opens more and closes them again. What they do not
    // find in their own cache (KiB) is in that of the system.
    private const int IdleReaders = 8;
    private const int ReaderCacheKibibytes = 1_000;

    // The reader is a thread of its own that sleeps in the channel: whoever writes wakes it himself, without a detour through the thread pool.
    private readonly Channel<IPendingWrite> _queue =
        Channel.CreateBounded<IPendingWrite>(new BoundedChannelOptions(QueueCapacity) { SingleReader = true, AllowSynchronousContinuations = true });
    private readonly ConcurrentBag<Reader> _readers = [];
    private readonly PreparingConnection _writer;
    private readonly Task _loop;
    private int _idleReaders;
    private volatile bool _disposed;

    private SqliteDatabase(string path, PreparingConnection writer)
    {
        Path = path;
        _writer = writer;
        _loop = Task.Factory.StartNew(WriteLoop, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>The database file.</summary>
    public string Path { get; }

    /// <summary>Opens or creates the file, sets WAL with full synchronisation and runs <paramref name="prepare"/> (migrations) on the writer.</summary>
    /// <param name="path">The file.</param>
    /// <param name="prepare">Brings the schema up to date.</param>
    /// <param name="inspect">Looks at the file before anything is written to it (WAL is a mark in the file); refuses it by throwing.</param>
    public static SqliteDatabase Open(string path, Action<SqliteConnection> prepare, Action<SqliteConnection>? inspect = null)
    {
        SystemSqlite.Initialize();
        var connection = new PreparingConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        try
        {
            connection.Open();
            inspect?.Invoke(connection);
            connection.Execute(
                $"PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=10000; PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-{WriterCacheKibibytes}; PRAGMA wal_autocheckpoint={CheckpointPages};");
            prepare(connection);
            return new SqliteDatabase(path, connection);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Runs <paramref name="work"/> on the writer; completes after the commit is durable. An exception rolls back this work only.</summary>
    public async Task<T> WriteAsync<T>(Func<SqliteConnection, T> work, CancellationToken cancellationToken = default)
    {
        var pending = new PendingWrite<T>(work);
        await _queue.Writer.WriteAsync(pending, cancellationToken).ConfigureAwait(false);
        return await pending.Task.ConfigureAwait(false);
    }

    /// <summary>Runs a query on a read-only connection: a consistent view of what has been committed.</summary>
    public T Read<T>(Func<SqliteConnection, T> query)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_readers.TryTake(out var reader)) Interlocked.Decrement(ref _idleReaders);
        else reader = new Reader(Path);
        try
        {
            return reader.Run(query);
        }
        finally
        {
            Keep(reader);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_disposed)
            return;
        _disposed = true;
        _queue.Writer.TryComplete();
        await _loop.ConfigureAwait(false);
        while (_readers.TryTake(out var reader)) reader.Dispose();
        await _writer.DisposeAsync().ConfigureAwait(false);
    }

    private void Keep(Reader reader)
    {
        if (Interlocked.Increment(ref _idleReaders) <= IdleReaders && !_disposed)
        {
            _readers.Add(reader);
            return;
        }

        Interlocked.Decrement(ref _idleReaders);
        reader.Dispose();
    }

    private void WriteLoop()
    {
        var batch = new List<IPendingWrite>(BatchLimit);
        using var begin = KeptStatement.Prepare(_writer, "BEGIN IMMEDIATE")!;
        using var mark = KeptStatement.Prepare(_writer, "SAVEPOINT work")!;
        using var release = KeptStatement.Prepare(_writer, "RELEASE work")!;
        using var commit = KeptStatement.Prepare(_writer, "COMMIT")!;
        while (_queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            batch.Clear();
            try
            {
                begin.Run();
                while (batch.Count < BatchLimit && _queue.Reader.TryRead(out var write))
                {
                    mark.Run();
                    if (write.Run(_writer))
                    {
                        release.Run();
                        batch.Add(write);
                    }
                    else
                    {
                        _writer.Execute("ROLLBACK TO work; RELEASE work");
                        write.Finish(null);
                    }
                }

                commit.Run();
                foreach (var write in batch)
                    write.Finish(null);
            }
            catch (Exception error) // a failed commit fails every caller of the batch; the loop itself must live on
            {
                TryRollback();
                foreach (var write in batch)
                    write.Finish(error);
                FailOneWaiting(error);
            }
        }
    }

    private void TryRollback()
    {
        try
        {
            _writer.Execute("ROLLBACK");
        }
        catch (SqliteException)
        {
            // No transaction was open: BEGIN itself failed.
        }
    }

    // When BEGIN fails nothing was taken from the queue; fail one caller so that the loop cannot spin on the same error unseen.
    private void FailOneWaiting(Exception error)
    {
        if (_queue.Reader.TryRead(out var write))
            write.Finish(error);
    }

    /// <summary>A read-only connection.</summary>
    private sealed class Reader : IDisposable
    {
        private readonly PreparingConnection _connection;
        private readonly KeptStatement _begin;
        private readonly KeptStatement _end;

        public Reader(string path)
        {
            _connection = new PreparingConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
            _connection.Open();
            _connection.Execute($"PRAGMA busy_timeout=10000; PRAGMA query_only=ON; PRAGMA cache_size=-{ReaderCacheKibibytes};");
            (_begin, _end) = (KeptStatement.Prepare(_connection, "BEGIN")!, KeptStatement.Prepare(_connection, "COMMIT")!);
        }

        public T Run<T>(Func<SqliteConnection, T> query)
        {
            _begin.Run();
            try
            {
                return query(_connection);
            }
            finally
            {
                _end.Run();
            }
        }

        public void Dispose()
        {
            _begin.Dispose();
            _end.Dispose();
            _connection.Dispose();
        }
    }

    private interface IPendingWrite
    {
        bool Run(SqliteConnection connection);

        void Finish(Exception? commitError);
    }

    private sealed class PendingWrite<T>(Func<SqliteConnection, T> work) : IPendingWrite
    {
        private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T? _result;
        private Exception? _error;

        public Task<T> Task => _done.Task;

        public bool Run(SqliteConnection connection)
        {
            try
            {
                _result = work(connection);
                return true;
            }
            catch (Exception error) // handed to the caller
            {
                _error = error;
                return false;
            }
        }

        public void Finish(Exception? commitError)
        {
            if ((_error ?? commitError) is { } error)
                _done.TrySetException(error);
            else
                _done.TrySetResult(_result!);
        }
    }
}
