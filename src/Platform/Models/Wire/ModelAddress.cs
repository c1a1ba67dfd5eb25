namespace Platform.Models.Wire;

/// <summary>Addresses of the API under whatever base the user wrote.</summary>
public sealed record ModelAddress
{
    private ModelAddress(Uri root) => Root = root;

    /// <summary>The server without <c>/v1</c>, with a slash at the end.</summary>
    public Uri Root { get; }

    public Uri Chat => new(Root, "v1/chat/completions");

    public Uri Models => new(Root, "v1/models");

    public Uri At(string path) => new(Root, path);

    /// <summary>
    /// Takes a base address with none, one or two <c>/v1</c> at its end, or with a whole API path: a doubled or missing one is answered by LM Studio with
    /// status 200 and an error body (lmstudio-bug-tracker#618).
    /// </summary>
    public static ModelAddress Of(Uri address)
    {
        var path = address.AbsolutePath.TrimEnd('/');
        foreach (var tail in new[] { "/chat/completions", "/models", "/completions" })
        {
            if (path.EndsWith(tail, StringComparison.OrdinalIgnoreCase))
                path = path[..^tail.Length];
        }

        while (path.EndsWith("/v1", StringComparison.OrdinalIgnoreCase))
            path = path[..^"/v1".Length].TrimEnd('/');
        if (path.EndsWith("/api", StringComparison.OrdinalIgnoreCase)) // LM Studio's own API lies at /api/v1
            path = path[..^"/api".Length];
        return new ModelAddress(new UriBuilder(address) { Path = path + "/", Query = "", Fragment = "", UserName = "", Password = "" }.Uri);
    }
}
