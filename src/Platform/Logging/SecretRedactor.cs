using System.Collections;
using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Serilog.Events;
using Serilog.Formatting;

namespace Platform.Logging;

/// <summary>
/// Takes secrets out of text before it is written anywhere: the values that were registered, the values of environment variables whose names say that
/// they are secrets, and what has the form of a credential.
/// </summary>
public sealed partial class SecretRedactor
{
    public const string Masked = "********";

    // A shorter value would be found everywhere.
    private const int LeastLength = 8;

    private static readonly string[] s_secretNames = ["KEY", "TOKEN", "SECRET", "PASSWORD", "PASSPHRASE", "CREDENTIALS"];

    private ImmutableArray<string> _values;

    public SecretRedactor(IDictionary environment) =>
        _values = [.. environment.Keys.OfType<string>().Where(IsSecretName).Select(name => environment[name] as string ?? "").Where(IsLongEnough).OrderByDescending(value => value.Length)];

    /// <summary>That of this process.</summary>
    public static SecretRedactor Shared { get; } = new(Environment.GetEnvironmentVariables());

    /// <summary>From now on this value is masked; a value under eight characters is not.</summary>
    public void Register(string? value)
    {
        if (value is not null && IsLongEnough(value))
            ImmutableInterlocked.Update(ref _values, values => values.Contains(value, StringComparer.Ordinal) ? values : [.. values.Append(value).OrderByDescending(known => known.Length)]);
    }

    /// <summary>The text without secrets.</summary>
    public string Redact(string text)
    {
        foreach (var value in _values)
            text = text.Replace(value, Masked, StringComparison.Ordinal);
        return CredentialForm().Replace(text, match => match.Groups["name"].Value + Masked);
    }

    private static bool IsSecretName(string name) => Array.Exists(s_secretNames, word => name.Equals(word, StringComparison.OrdinalIgnoreCase) || name.EndsWith("_" + word, StringComparison.OrdinalIgnoreCase));

    private static bool IsLongEnough(string value) => value.Length >= LeastLength;

    // "Authorization: Bearer …", "token=…", "api_key": "…", https://user:password@host, and the prefixes of well-known keys.
    [GeneratedRegex(
        """(?<name>\bBearer\s+)[A-Za-z0-9._~+/=-]{8,}|(?<name>\b(?:api[_-]?key|token|secret|password)\\?["']?\s*[=:]\s*\\?["']?)[^\s"'\\,;&}]{8,}|(?<name>://[^/\s:@]{1,64}:)[^@\s/]{1,256}(?=@)|\b(?:sk|ghp|gho|github_pat|glpat|xoxb)[-_][A-Za-z0-9_-]{16,}""",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, 2000)]
    private static partial Regex CredentialForm();
}

/// <summary>Formats an event with another formatter and takes secrets out of the result.</summary>
internal sealed class RedactingFormatter(ITextFormatter inner, SecretRedactor redactor) : ITextFormatter
{
    public void Format(LogEvent logEvent, TextWriter output)
    {
        using var text = new StringWriter();
        inner.Format(logEvent, text);
        output.Write(redactor.Redact(text.ToString()));
    }
}
