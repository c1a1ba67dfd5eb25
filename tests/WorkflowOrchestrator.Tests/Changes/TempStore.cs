using Workflow.Changes;
using Workflow.Storage;

namespace Workflow.Tests.Changes;

/// <summary>A store in a temporary folder, and every event committed to it.</summary>
internal sealed class TempStore : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wo-store-").FullName;
    private readonly SqliteStore _store;

    public TempStore(TimeProvider? time = null)
    {
        Hub.Subscribe(Events.Enqueue);
        _store = SqliteStore.Open(Path.Join(_folder, "store.db"), time ?? TimeProvider.System, Hub);
        Changes = new ChangeStore(_store, time ?? TimeProvider.System);
    }

    public EventHub Hub { get; } = new();

    public System.Collections.Concurrent.ConcurrentQueue<WorkflowEvent> Events { get; } = new();

    public IStore Store => _store;

    public ChangeStore Changes { get; }

    /// <summary>Types of the events about a change, in order.</summary>
    public string[] EventsOf(string change) => [.. Events.Where(committed => committed.Change == change).Select(committed => committed.Type)];

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
