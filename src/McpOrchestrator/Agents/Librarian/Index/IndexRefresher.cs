using System.Security.Cryptography;
using System.Text;
using System.Text.Unicode;
using McpOrchestrator.Agents.Configuration;
using McpOrchestrator.Agents.Librarian.Passages;
using Microsoft.Extensions.Logging;

namespace McpOrchestrator.Agents.Librarian.Index;

/// <summary>What one refresh found.</summary>
internal sealed record RefreshResult(int Files, int Changed, int Removed, int Skipped);

/// <summary>Brings the index up to date with the repository's files, reading only those that may have changed.</summary>
internal sealed partial class IndexRefresher(string root, AgentDefinition.Librarian definition, PassageStore store, TimeProvider time, ILogger logger)
{
    private const int BatchPassages = 2000;

    // A file changed again within the clock's grain of its last read can look the same; such files are read once more (git calls them "racily clean").
    private static readonly TimeSpan s_grain = TimeSpan.FromSeconds(2);

    internal async Task<RefreshResult> RunAsync(CancellationToken cancellationToken)
    {
        var scanned = RepositoryScan.Run(root, definition.Paths, definition.Comments, cancellationToken);
        var known = store.Files();
        var changed = new List<FileContent>();
        var unchanged = new List<(long, ScannedFile, long)>();
        var removed = known.Values.Where(f => !scanned.ContainsKey(f.Path)).ToList();
        var (changes, skipped, waiting) = (0, 0, 0);
        foreach (var file in scanned.Values)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var before = known.GetValueOrDefault(file.Path);
            if (before is not null && IsSurelySame(file, before)) continue;
            var readAt = time.GetUtcNow().UtcTicks;
            switch (Read(file, before))
            {
                case Content.Same:
                    unchanged.Add((before!.Id, file, readAt));
                    break;
                case Content.Unreadable:
                    skipped++;
                    if (before is not null) removed.Add(before);
                    break;
                case Content.Text text:
                    changes++;
                    var content = new FileContent(file, text.Hash, readAt, Split(file, text.Value));
                    changed.Add(content);
                    waiting += content.Passages.Count;
                    break;
            }

            if (waiting < BatchPassages) continue;
            await store.ApplyAsync(changed, [], cancellationToken);
            changed.Clear();
            waiting = 0;
        }

        if (changed.Count > 0 || removed.Count > 0) await store.ApplyAsync(changed, removed, cancellationToken);
        if (unchanged.Count > 0) await store.TouchAsync(unchanged, cancellationToken);
        var result = new RefreshResult(scanned.Count, changes, removed.Count, skipped);
        if (result.Changed + result.Removed > 0) LogRefreshed(result.Files, result.Changed, result.Removed, result.Skipped);
        return result;
    }

    private static bool IsSurelySame(ScannedFile file, IndexedFile before) =>
        file.Size == before.Size && file.ModifiedTicks == before.ModifiedTicks && before.ReadTicks - file.ModifiedTicks > s_grain.Ticks;

    private Content Read(ScannedFile file, IndexedFile? before)
    {
        try
        {
            var bytes = File.ReadAllBytes(Path.Combine(root, file.Path));
            var hash = Convert.ToHexStringLower(SHA256.HashData(bytes));
            if (hash == before?.Hash) return new Content.Same();
            if (!Utf8.IsValid(bytes))
            {
                LogSkipped(file.Path, "it is not UTF-8");
                return new Content.Text(hash, ""); // known by its hash, so that it is not read again
            }

            var text = Encoding.UTF8.GetString(bytes);
            return new Content.Text(hash, text.StartsWith('\uFEFF') ? text[1..] : text);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogSkipped(file.Path, e.Message);
        }

        return new Content.Unreadable();
    }

    private static IReadOnlyList<Passage> Split(ScannedFile file, string text) =>
        file.Source == SourceKind.Comment ? CommentPassages.Split(text, Subject(file.Path), CommentSyntax.Of(file.Path)!) : MarkdownPassages.Split(text, Subject(file.Path));

    /// <summary>What a document is about by its path: the capability, or folder and file name without those that every project has.</summary>
    private static string Subject(string path)
    {
        if (Sources.CapabilityOf(path) is { Length: > 0 } capability) return capability.Replace('/', ' ');
        var parts = Path.ChangeExtension(path, null).Split('/');
        return string.Join(' ', parts.Where(p => p is not ("docs" or "README" or "index" or "openspec" or "changes" or "archive")));
    }

    private abstract record Content
    {
        internal sealed record Same : Content;

        internal sealed record Unreadable : Content;

        internal sealed record Text(string Hash, string Value) : Content;
    }

    [LoggerMessage(EventId = 2001, Level = LogLevel.Information, Message = "Indexed the repository: {Files} files, {Changed} new or changed, {Removed} removed, {Skipped} unreadable")]
    private partial void LogRefreshed(int files, int changed, int removed, int skipped);

    [LoggerMessage(EventId = 2002, Level = LogLevel.Debug, Message = "{Path} is left out of the index: {Reason}")]
    private partial void LogSkipped(string path, string reason);
}
