using Microsoft.Extensions.AI;
using Platform.Models;
using Workflow.Hosting;

namespace Workflow.Review.Prompts;

/// <summary>A model that answers now.</summary>
/// <param name="Id">Its id, as stored with what it said.</param>
/// <param name="Client">The way to it.</param>
internal sealed record ReadyModel(string Id, IChatClient Client);

/// <summary>Which model is ready.</summary>
internal interface IModelSource
{
    /// <summary>The model that calls go to; null when none is ready.</summary>
    ReadyModel? Current { get; }

    /// <summary>
    /// Waits for a model where waiting is worth it: one that was there and was lost, or one that the settings require. Null: none came, or there never was one.
    /// </summary>
    Task<ReadyModel?> WaitAsync(CancellationToken cancellationToken);
}

/// <summary>The model that the inventory knows.</summary>
internal sealed class InventoryModelSource(IModelInventory inventory, IChatClient client, OrchestratorSettings settings, TimeProvider time) : IModelSource
{
    private volatile bool _wasReady;

    public ReadyModel? Current => inventory.Current is ModelState.Ready { Model: var model } ? Of(model) : null;

    public async Task<ReadyModel?> WaitAsync(CancellationToken cancellationToken)
    {
        if (settings.LmStudio.Mode == ModelMode.Required)
            return Of(await inventory.WaitReadyAsync(cancellationToken));
        if (await inventory.CheckAsync(cancellationToken) is ModelState.Ready { Model: var found })
            return Of(found);
        if (!_wasReady || settings.LmStudio.Mode == ModelMode.Off)
            return null;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var limit = new CancellationTokenSource(settings.LmStudio.Patience, time);
        using var link = limit.Token.Register(patience.Cancel);
        try
        {
            return Of(await inventory.WaitReadyAsync(patience.Token));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private ReadyModel Of(ModelInfo model)
    {
        _wasReady = true;
        return new ReadyModel(model.Id, client);
    }
}
