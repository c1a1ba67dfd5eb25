using McpOrchestrator.Agents.Librarian.Answering;

namespace McpOrchestrator.Agents;

/// <summary>A passage that an agent claims to have found.</summary>
internal sealed record ClaimedEvidence(string Path, int? Line, string Quote);

/// <summary>Checks claimed evidence against the repository's files: only what really stands there is passed on.</summary>
internal sealed class RepositoryQuotes(string root)
{
    private const long LargestFile = 1024 * 1024;

    /// <summary>The evidence with its true lines and hash; null when the file, or the quote in it, is not there.</summary>
    internal Evidence? Find(ClaimedEvidence claim, double score)
    {
        var quote = claim.Quote.ReplaceLineEndings("\n").Trim('\n');
        if (string.IsNullOrWhiteSpace(quote) || Path.IsPathRooted(claim.Path) || Read(claim.Path) is not { } text) return null;
        var at = Nearest(text, quote, claim.Line);
        if (at < 0) return null;
        var line = 1 + text.AsSpan(0, at).Count('\n');
        return new Evidence(claim.Path, line, line + quote.AsSpan().Count('\n'), quote, Quotes.HashOf(quote), score);
    }

    /// <summary>Where the quote stands; of several places the one nearest to the claimed line.</summary>
    private static int Nearest(string text, string quote, int? claimed)
    {
        var (best, distance) = (-1, int.MaxValue);
        for (var at = text.IndexOf(quote, StringComparison.Ordinal); at >= 0; at = text.IndexOf(quote, at + 1, StringComparison.Ordinal))
        {
            var away = claimed is { } line ? Math.Abs(1 + text.AsSpan(0, at).Count('\n') - line) : 0;
            if (away < distance) (best, distance) = (at, away);
            if (distance == 0) break;
        }

        return best;
    }

    private string? Read(string path)
    {
        try
        {
            var full = Path.GetFullPath(path, root);
            if (!full.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal)) return null;
            var file = new FileInfo(full);
            if (!file.Exists || file.Length > LargestFile || !Platform.Files.StateFolder.RealPath(full).StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal)) return null;
            return File.ReadAllText(full).ReplaceLineEndings("\n");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return null;
        }
    }
}
