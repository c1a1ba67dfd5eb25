using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Platform.Models.Wire;

namespace Platform.Models.Inventory;

/// <summary>
/// Loads the model that the settings name when LM Studio has it and has not loaded it, with the context that is wanted: a request would load it at a
/// size of the server's choice. LM Studio's API has no number of slots and takes its own (lmstudio-bug-tracker#2061); <c>start-all.sh</c> can set it.
/// </summary>
internal sealed class ModelLoader(HttpClient http, ModelAddress address, ModelServerSettings settings, ILogger logger, TimeProvider time)
{
    private const int MaxBytes = 64 * 1024;
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(5);

    // A model that cannot be loaded now will hardly be loadable a moment later, and each attempt costs the machine much.
    private static readonly TimeSpan s_pause = TimeSpan.FromMinutes(2);

    private long? _last;

    /// <summary>Something has been loaded since this was last asked.</summary>
    public bool IsFresh
    {
        get
        {
            var was = field;
            field = false;
            return was;
        }

        private set;
    }

    /// <summary>Whether this is a case for loading.</summary>
    public bool Wants(ServerListing listing) =>
        settings is { Model: not null, LoadContextTokens: not null } && listing.Server == ModelServerKind.LmStudio
        && !listing.Models.Any(model => model.IsLoaded == true && Is(model)) && listing.Models.Any(Is)
        && (_last is not { } last || time.GetElapsedTime(last) >= s_pause);

    /// <summary>Loads it. Null: done; otherwise why not.</summary>
    public async Task<ModelFailure?> LoadAsync(CancellationToken cancellationToken)
    {
        _last = time.GetTimestamp();
        logger.LogInformation(ModelEventIds.Loading, "Loading {Model} with a context of {Context} tokens", settings.Model, settings.LoadContextTokens);
        using var limit = new CancellationTokenSource(s_limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            // Only documented keys: others are refused (lmstudio-bug-tracker#2024).
            var body = new JsonObject { ["model"] = settings.Model, ["context_length"] = settings.LoadContextTokens };
            using var content = new ByteArrayContent(System.Text.Encoding.UTF8.GetBytes(body.ToJsonString()));
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using var response = await http.PostAsync(address.At("api/v1/models/load"), content, either.Token);
            var text = await CappedBody.ReadAsync(response.Content, MaxBytes, either.Token);
            if (response.IsSuccessStatusCode && ErrorBody.Read(text) is null)
            {
                IsFresh = true;
                return null;
            }

            return new ModelFailure(ModelFailureKind.LoadFailed, $"{settings.Model} could not be loaded: {ErrorBody.ReadAny(text).Message}") { Status = (int)response.StatusCode };
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new ModelFailure(ModelFailureKind.LoadFailed, $"{settings.Model} was not loaded within {s_limit.TotalMinutes:0} minutes");
        }
        catch (Exception error) when (error is HttpRequestException or IOException or InvalidDataException)
        {
            return TransportFailure.Of(error, address);
        }
    }

    private bool Is(ListedModel model) => string.Equals(model.Key, settings.Model, StringComparison.OrdinalIgnoreCase) || string.Equals(model.Id, settings.Model, StringComparison.OrdinalIgnoreCase);
}
