using System.Net;
using System.Text.Json;
using Platform.Json;
using Platform.Models.Wire;

namespace Platform.Models.Inventory;

/// <summary>Asks a server what it is and which models it has. Starts and loads nothing.</summary>
internal sealed class ServerProbe(HttpClient http, ModelAddress address, TimeSpan timeout, TimeProvider time)
{
    private const int MaxBytes = 8 * 1024 * 1024;

    /// <summary>The list, or why there is none.</summary>
    public async Task<(ServerListing? Listing, ModelFailure? Failure)> LookAsync(CancellationToken cancellationToken)
    {
        var first = await GetAsync("api/v1/models", cancellationToken);
        if (first.Failure is { Kind: ModelFailureKind.Unreachable or ModelFailureKind.Unauthorized or ModelFailureKind.FirstTokenTimeout } hopeless)
            return (null, hopeless);
        if (first.Json is { } native && ListingReader.LmStudio(native) is { } models)
            return (new ServerListing(ModelServerKind.LmStudio, models), null);
        if ((await GetAsync("api/v0/models", cancellationToken)).Json is { } old && ListingReader.LmStudioOld(old) is { } oldModels)
            return (new ServerListing(ModelServerKind.LmStudio, oldModels), null);
        if (await LlamaCppAsync(cancellationToken) is { } llama)
            return llama;
        if ((await GetAsync("api/tags", cancellationToken)).Json is { } tags && ListingReader.Ollama(tags, (await GetAsync("api/ps", cancellationToken)).Json) is { } ollama)
            return (new ServerListing(ModelServerKind.Ollama, ollama), null);
        var plain = await GetAsync("v1/models", cancellationToken);
        if (plain.Json is { } list && ListingReader.OpenAi(list) is { } any)
            return (new ServerListing(ModelServerKind.OpenAiCompatible, any), null);
        return (null, plain.Failure ?? new ModelFailure(ModelFailureKind.WrongEndpoint, $"what answers at {address.Root} is no model server"));
    }

    private async Task<(ServerListing? Listing, ModelFailure? Failure)?> LlamaCppAsync(CancellationToken cancellationToken)
    {
        var props = await GetAsync("props", cancellationToken);
        if (props.Json is { } json && ListingReader.LlamaCpp(json) is { } model)
            return (new ServerListing(ModelServerKind.LlamaCpp, [model]), null);
        return props.Failure is { Kind: ModelFailureKind.NoModel } loading ? (null, loading) : null; // 503 "Loading model"
    }

    private async Task<Page> GetAsync(string path, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var response = await http.GetAsync(address.At(path), HttpCompletionOption.ResponseHeadersRead, either.Token);
            var body = await CappedBody.ReadAsync(response.Content, MaxBytes, either.Token);
            if (response.StatusCode != HttpStatusCode.OK)
                return new Page(null, FailureClassifier.Classify((int)response.StatusCode, ErrorBody.ReadAny(body)));
            if (ErrorBody.Read(body) is { } error)
                return new Page(null, FailureClassifier.Classify(200, error));
            using var document = JsonDocument.Parse(JsonUnicode.ToUtf8(body));
            return new Page(document.RootElement.Clone(), null);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new Page(null, new ModelFailure(ModelFailureKind.FirstTokenTimeout, $"{address.At(path)} did not answer within {timeout.TotalSeconds:0.#} s"));
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            return new Page(null, TransportFailure.Of(error, address));
        }
        catch (Exception error) when (error is JsonException or InvalidDataException)
        {
            return new Page(null, new ModelFailure(ModelFailureKind.WrongEndpoint, $"{address.At(path)} does not answer with JSON"));
        }
    }

    private sealed record Page(JsonElement? Json, ModelFailure? Failure);
}
