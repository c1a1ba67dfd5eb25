namespace Platform.Models.Inventory;

/// <summary>A model in a server's list.</summary>
/// <param name="Id">Name for requests.</param>
/// <param name="Key">Name of the model itself, where instances have names of their own.</param>
/// <param name="IsLoaded">Null: the list does not tell.</param>
internal sealed record ListedModel(string Id, string Key, bool? IsLoaded)
{
    public int? ContextTokens { get; init; }

    public int? Slots { get; init; }

    /// <summary>Each slot has a context of its own (llama.cpp); otherwise all share one (LM Studio).</summary>
    public bool OwnContextPerSlot { get; init; }
}

/// <summary>What a server answered to a look at it.</summary>
internal sealed record ServerListing(ModelServerKind Server, IReadOnlyList<ListedModel> Models);
