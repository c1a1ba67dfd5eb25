using System.Collections.Frozen;
using System.Reflection;
using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace Workflow.Dashboard.Pages;

/// <summary>A file of the dashboard.</summary>
/// <param name="Bytes">Its content.</param>
/// <param name="Type">Its media type.</param>
/// <param name="Version">Changes with its content.</param>
internal sealed record Asset(byte[] Bytes, string Type, string Version);

/// <summary>The dashboard's files, embedded in the program. Their addresses carry their version, so browsers may keep them for ever.</summary>
internal static class WebFiles
{
    private const string Prefix = "dashboard/";

    private static readonly FrozenDictionary<string, Asset> s_all = Read();

    /// <summary>Where a file is served.</summary>
    public static string Address(string name) => $"/assets/{name}?v={s_all[name].Version}";

    public static void MapWebFiles(this WebApplication app) => app.MapGet("/assets/{name}", (HttpContext http, string name) =>
    {
        if (!s_all.TryGetValue(name, out var asset))
            return Results.NotFound();
        http.Response.Headers.CacheControl = http.Request.Query["v"] == asset.Version ? "public, max-age=31536000, immutable" : "no-cache";
        return Results.Bytes(asset.Bytes, asset.Type, entityTag: new EntityTagHeaderValue($"\"{asset.Version}\""));
    });

    private static FrozenDictionary<string, Asset> Read()
    {
        var assembly = Assembly.GetExecutingAssembly();
        return assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).ToFrozenDictionary(
            name => name[Prefix.Length..],
            name =>
            {
                using var stream = assembly.GetManifestResourceStream(name)!;
                var bytes = new byte[stream.Length];
                stream.ReadExactly(bytes);
                return new Asset(bytes, TypeOf(name), Convert.ToHexStringLower(SHA256.HashData(bytes))[..12]);
            },
            StringComparer.Ordinal);
    }

    private static string TypeOf(string name) => Path.GetExtension(name) switch
    {
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".svg" => "image/svg+xml",
        _ => "text/plain; charset=utf-8",
    };
}
