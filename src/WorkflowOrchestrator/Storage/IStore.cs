using System.Data.Common;

namespace Workflow.Storage;

/// <summary>
/// The embedded store, the truth behind every channel. All writes are transactions: either everything in <c>work</c> is durable when the
/// task completes, or nothing is. A server database can take this place when several daemons share the work.
/// </summary>
internal interface IStore
{
    /// <summary>Runs one write transaction. Completes after it is durable and its events have been published. Keep <paramref name="work"/> short and free of I/O.</summary>
    Task<T> WriteAsync<T>(Func<IStoreTransaction, T> work, CancellationToken cancellationToken = default);

    /// <summary>Runs a query on a consistent view of what has been committed.</summary>
    T Read<T>(Func<IStoreReader, T> query);
}

/// <summary>Queries. Parameters are the properties of an (anonymous) object, named <c>@Name</c> in SQL; rows are mapped by column name.</summary>
internal interface IStoreReader
{
    IReadOnlyList<T> Query<T>(string sql, object? parameters = null);

    /// <summary>The first row, or the default of <typeparamref name="T"/> when there is none.</summary>
    T? First<T>(string sql, object? parameters = null);

    /// <summary>Rows that are mapped by hand, by the position of their columns.</summary>
    IReadOnlyList<T> Query<T>(string sql, object? parameters, Func<DbDataReader, T> map);

    /// <summary>The same for what is read with every call: <c>@Id</c> is the only parameter.</summary>
    IReadOnlyList<T> QueryById<T>(string sql, string id, Func<DbDataReader, T> map);

    /// <summary>Shows every event after <paramref name="after"/> and not before <paramref name="since"/>, oldest first, without copying it: millions are looked at.</summary>
    /// <param name="after">Id of the last event that is not wanted.</param>
    /// <param name="since">Earliest time that is wanted; null: any.</param>
    /// <param name="visit">Gets each event; its bytes are gone when it returns.</param>
    void ScanEvents(long after, DateTimeOffset? since, EventVisitor visit);
}

/// <summary>Looks at one event.</summary>
internal delegate void EventVisitor(in EventBytes happened);

/// <summary>An event as it lies in the store: texts are UTF-8, empty when there is none.</summary>
internal readonly ref struct EventBytes
{
    public required long Id { get; init; }

    /// <summary>Milliseconds since 1970, UTC.</summary>
    public required long At { get; init; }

    public required ReadOnlySpan<byte> Type { get; init; }

    public ReadOnlySpan<byte> Change { get; init; }

    public ReadOnlySpan<byte> Revision { get; init; }

    public ReadOnlySpan<byte> Subject { get; init; }

    /// <summary>A JSON object.</summary>
    public ReadOnlySpan<byte> Data { get; init; }
}

/// <summary>One transaction of the single writer.</summary>
internal interface IStoreTransaction : IStoreReader
{
    /// <summary>Executes a statement and returns the number of rows it touched.</summary>
    int Execute(string sql, object? parameters = null);

    /// <summary>Appends an event; it is published to the subscribers after the commit.</summary>
    void Append(NewEvent newEvent);
}

/// <summary>Extensions for work that returns nothing.</summary>
internal static class StoreExtensions
{
    public static Task WriteAsync(this IStore store, Action<IStoreTransaction> work, CancellationToken cancellationToken = default) =>
        store.WriteAsync(
            transaction =>
            {
                work(transaction);
                return true;
            },
            cancellationToken);
}
