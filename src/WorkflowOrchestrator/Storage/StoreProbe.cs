using Microsoft.Data.Sqlite;
using Workflow.Hosting;

namespace Workflow.Storage;

/// <summary>Whether the store still takes transactions.</summary>
internal sealed class StoreProbe(IStore store, HealthBoard health) : ICapabilityProbe
{
    public string Name => "store";

    public async Task ProbeAsync(CancellationToken cancellationToken)
    {
        try
        {
            await store.WriteAsync(transaction => transaction.First<long>("PRAGMA user_version"), cancellationToken);
            health.Clear(Warnables.StoreFailing);
            health.Report("store", HealthState.Ok);
        }
        catch (SqliteException error)
        {
            health.Raise(Warnables.StoreFailing, error.Message);
        }
    }
}
