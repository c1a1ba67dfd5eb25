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
