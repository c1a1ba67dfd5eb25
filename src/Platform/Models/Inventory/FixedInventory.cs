namespace Platform.Models.Inventory;

/// <summary>A model that is always ready: for replays.</summary>
internal sealed class FixedInventory(ModelInfo model) : IModelInventory
{
    public ModelState Current { get; } = new ModelState.Ready(model);

    public IDisposable OnChanged(Action<ModelState> handler) => new Nothing();

    public Task<ModelState> CheckAsync(CancellationToken cancellationToken) => Task.FromResult(Current);

    public void Doubt()
    {
        // A recording does not change.
    }

    public Task<ModelInfo> WaitReadyAsync(CancellationToken cancellationToken) => Task.FromResult(model);

    private sealed class Nothing : IDisposable
    {
        public void Dispose()
        {
            // Nothing ever changes, so nobody is registered.
        }
    }
}
