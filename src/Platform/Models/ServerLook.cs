namespace Platform.Models;

/// <summary>What a passive look at a server shows: nothing was started, loaded or generated.</summary>
/// <param name="Server">Which program answers; null: none.</param>
/// <param name="Models">Its models.</param>
/// <param name="Failure">Why there is no list; null when there is one.</param>
public sealed record ServerLook(ModelServerKind? Server, IReadOnlyList<ServerModel> Models, ModelFailure? Failure);

/// <summary>A model of a server.</summary>
/// <param name="Id">Name for requests.</param>
/// <param name="Key">Name of the model itself.</param>
/// <param name="IsLoaded">Null: the server does not tell.</param>
/// <param name="ContextTokens">Loaded context; null: not told.</param>
/// <param name="Slots">Calls at a time; null: not told.</param>
public sealed record ServerModel(string Id, string Key, bool? IsLoaded, int? ContextTokens, int? Slots);
