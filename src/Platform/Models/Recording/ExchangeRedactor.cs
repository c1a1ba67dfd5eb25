using System.Text.RegularExpressions;

namespace Platform.Models.Recording;

/// <summary>Takes secrets out of what is kept: the server's key, and what looks like a credential in the documents.</summary>
internal sealed partial class ExchangeRedactor(ApiKey? key)
{
    private const string Mark = "[redacted]";

    public string Redact(string text)
    {
        if (key?.Reveal() is { Length: > 0 } secret)
            text = text.Replace(secret, Mark, StringComparison.Ordinal);
        text = PrivateKey().Replace(text, Mark);
        text = Token().Replace(text, Mark);
        return Assigned().Replace(text, "$1" + Mark);
    }

    // Inside JSON a line end is written \n.
    [GeneratedRegex(@"-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----.*?(-----END [A-Z ]{0,30}PRIVATE KEY-----|$)", RegexOptions.Singleline)]
    private static partial Regex PrivateKey();

    [GeneratedRegex(@"\b(?:sk-[A-Za-z0-9_:\-]{16,}|gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}|glpat-[A-Za-z0-9_\-]{16,}|xox[abprs]-[A-Za-z0-9\-]{10,}|AKIA[0-9A-Z]{16}|eyJ[A-Za-z0-9_\-]{10,}\.[A-Za-z0-9_\-]{10,}\.[A-Za-z0-9_\-]{10,})")]
    private static partial Regex Token();

    [GeneratedRegex(@"(?i)((?:bearer\s+|(?:password|passwd|secret|api[_-]?key|access[_-]?token)\s{0,3}[=:]\s{0,3}))[^\s""'\\,;<>]{8,}")]
    private static partial Regex Assigned();
}
