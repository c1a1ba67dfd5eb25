namespace Workflow.Hosting;

/// <summary>Which settings are secrets. Their values are never printed, logged or put into a bundle.</summary>
internal static class Secrets
{
    public const string Masked = "********";

    private static readonly string[] s_words = ["api_key", "token", "secret", "password", "passphrase"];

    /// <summary>Whether the last part of a key names a secret.</summary>
    public static bool IsSecret(string key)
    {
        var last = key[(key.LastIndexOf('.') + 1)..];
        return s_words.Any(word => last.EndsWith(word, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>The value to print for a key.</summary>
    public static string? Mask(string key, string? value) => value is { Length: > 0 } && IsSecret(key) ? Masked : value;
}
