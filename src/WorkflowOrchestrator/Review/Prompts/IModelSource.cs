using Microsoft.Extensions.AI;

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

    /// <summary>Waits for a model when one was ready before and was lost; returns at once when there never was one. Null: none came in that time.</summary>
    Task<ReadyModel?> WaitAsync(TimeSpan patience, CancellationToken cancellationToken);
}

/// <summary>No model at all: everything is done by rules.</summary>
internal sealed class NoModelSource : IModelSource
{
    public ReadyModel? Current => null;

    public Task<ReadyModel?> WaitAsync(TimeSpan patience, CancellationToken cancellationToken) => Task.FromResult<ReadyModel?>(null);
}
