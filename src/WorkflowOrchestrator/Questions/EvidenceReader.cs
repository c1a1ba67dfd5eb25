using System.Text;
using Workflow.Agents;
using Workflow.Hosting;

namespace Workflow.Questions;

/// <summary>Compares evidence with the files that it quotes.</summary>
internal sealed class EvidenceReader(Repository repository)
{
    private const long MaxFileBytes = 4 * 1024 * 1024;

    /// <summary>Keeps the passages that stand in the repository as quoted (white space aside), with their hashes.</summary>
    public IReadOnlyList<Evidence> Verify(IReadOnlyList<AgentEvidence> claimed)
    {
        var files = new Dictionary<string, string?>(StringComparer.Ordinal);
        return [.. claimed
            .Where(passage => Stands(files, passage.Path, passage.Quote))
            .Select(passage => new Evidence(passage.Path, passage.Line, passage.Quote, PassageHash.Of(passage.Quote)))];
    }

    /// <summary>The first passage that no longer stands where it was quoted from; null when all do.</summary>
    public Evidence? FindStale(IReadOnlyList<Evidence> evidence)
    {
        var files = new Dictionary<string, string?>(StringComparer.Ordinal);
        return evidence.FirstOrDefault(passage => PassageHash.Of(passage.Quote) != passage.Hash || !Stands(files, passage.Path, passage.Quote));
    }

    private bool Stands(Dictionary<string, string?> files, string path, string quote)
    {
        if (!files.TryGetValue(path, out var text))
            files[path] = text = Read(path);
        return text?.Contains(PassageHash.Collapse(quote), StringComparison.Ordinal) ?? false;
    }

    // The file's text with its white space collapsed; null when there is no such file, or it is none that we would quote.
    private string? Read(string path)
    {
        var full = Path.GetFullPath(Path.Combine(repository.Root, path));
        if (!full.StartsWith(repository.Root + Path.DirectorySeparatorChar, StringComparison.Ordinal) || LeadsElsewhere(full))
            return null;
        try
        {
            using var file = new FileStream(full, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (!file.CanSeek || file.Length > MaxFileBytes)
                return null;
            using var reader = new StreamReader(file, Encoding.UTF8);
            return PassageHash.Collapse(reader.ReadToEnd());
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // A link on the way could lead out of the repository; a device or pipe would block the reader.
    private bool LeadsElsewhere(string full)
    {
        for (var at = full; at.Length > repository.Root.Length; at = Path.GetDirectoryName(at)!)
        {
            var attributes = new FileInfo(at).Attributes;
            if ((int)attributes == -1 || attributes.HasFlag(FileAttributes.ReparsePoint) || attributes.HasFlag(FileAttributes.Device))
                return true;
        }

        return !File.Exists(full);
    }
}
