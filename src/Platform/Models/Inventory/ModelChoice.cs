namespace Platform.Models.Inventory;

/// <summary>Chooses the model to ask from a server's list. Pure.</summary>
internal static class ModelChoice
{
    // LM Studio's own number when it does not tell; see MaxConcurrentCalls for the limit of ours.
    private const int AssumedSlots = 2;

    /// <summary>The model, or why there is none.</summary>
    public static (ModelInfo? Model, ModelFailure? Failure) Choose(ServerListing listing, ModelServerSettings settings)
    {
        var candidates = settings.Model is { } wanted ? [.. listing.Models.Where(model => IsNamed(model, wanted))] : listing.Models;
        if (candidates.Count == 0)
        {
            return (null, settings.Model is { } missing && listing.Models.Count > 0
                ? new ModelFailure(ModelFailureKind.UnknownModel, $"the server has no model '{missing}'; it has {Names(listing.Models)}")
                : new ModelFailure(ModelFailureKind.NoModel, "the server has no model"));
        }

        // LM Studio lists everything that was ever downloaded; asking for one of those would load it at a size of the server's choice.
        var best = candidates.FirstOrDefault(model => model.IsLoaded == true) ?? candidates.FirstOrDefault(model => model.IsLoaded is null);
        return best is null
            ? (null, new ModelFailure(ModelFailureKind.NoModel, $"no model is loaded; the server has {Names(candidates)}"))
            : (Describe(best, listing.Server, settings), null);
    }

    private static ModelInfo Describe(ListedModel model, ModelServerKind server, ModelServerSettings settings)
    {
        var slots = Math.Clamp(model.Slots ?? AssumedSlots, 1, settings.MaxConcurrentCalls);
        var context = model.ContextTokens ?? settings.AssumedContextTokens;
        return new ModelInfo(model.Id, server, context, model.OwnContextPerSlot ? context * slots : context, slots) { IsContextKnown = model.ContextTokens is not null };
    }

    private static bool IsNamed(ListedModel model, string wanted) =>
        string.Equals(model.Id, wanted, StringComparison.OrdinalIgnoreCase) || string.Equals(model.Key, wanted, StringComparison.OrdinalIgnoreCase)
        || string.Equals(model.Id, wanted + ":latest", StringComparison.OrdinalIgnoreCase); // Ollama's default tag

    private static string Names(IReadOnlyList<ListedModel> models) =>
        string.Join(", ", models.Take(5).Select(model => model.Key)) + (models.Count > 5 ? $" and {models.Count - 5} more" : "");
}
