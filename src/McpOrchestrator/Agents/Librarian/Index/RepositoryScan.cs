using System.IO.Enumeration;
using McpOrchestrator.Agents.Librarian.Passages;

namespace McpOrchestrator.Agents.Librarian.Index;

/// <summary>Lists the source files of a repository. Links are not followed: they could lead out of the repository, or in circles.</summary>
internal static class RepositoryScan
{
    /// <summary>Larger files are data, not documents.</summary>
    internal const long LargestFile = 1024 * 1024;

    private static readonly EnumerationOptions s_options = new()
    {
        RecurseSubdirectories = true,
        IgnoreInaccessible = true,
        AttributesToSkip = FileAttributes.ReparsePoint,
        MaxRecursionDepth = 64,
    };

    /// <summary>Files under <paramref name="folders"/> (relative to <paramref name="root"/>; <c>.</c> is the whole repository), by path.</summary>
    internal static Dictionary<string, ScannedFile> Run(string root, IReadOnlyList<string> folders, bool comments, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, ScannedFile>(StringComparer.Ordinal);
        foreach (var folder in folders.Contains(".") ? ["."] : folders)
        {
            var start = Path.GetFullPath(folder, root);
            if (File.Exists(start)) Add(found, FromFile(root, start, comments));
            if (!Directory.Exists(start)) continue;
            foreach (var file in Enumerate(root, start, comments))
            {
                cancellationToken.ThrowIfCancellationRequested();
                Add(found, file);
            }
        }

        return found;
    }

    private static FileSystemEnumerable<ScannedFile?> Enumerate(string root, string start, bool comments) =>
        new(start, (ref FileSystemEntry entry) => FromEntry(root, comments, ref entry), s_options)
        {
            ShouldIncludePredicate = (ref FileSystemEntry entry) => !entry.IsDirectory && (Sources.IsMarkdown(entry.FileName) || (comments && CommentSyntax.Of(entry.FileName) is not null)),
            ShouldRecursePredicate = static (ref FileSystemEntry entry) => !Sources.IsSkippedFolder(entry.FileName.ToString()),
        };

    private static ScannedFile? FromEntry(string root, bool comments, ref FileSystemEntry entry)
    {
        var path = Path.GetRelativePath(root, entry.ToFullPath());
        return Sources.KindOf(path, comments) is { } kind ? new ScannedFile(path, kind, entry.Length, entry.LastWriteTimeUtc.UtcTicks) : null;
    }

    private static ScannedFile? FromFile(string root, string file, bool comments)
    {
        var info = new FileInfo(file);
        var path = Path.GetRelativePath(root, file);
        return info.LinkTarget is null && Sources.KindOf(path, comments) is { } kind ? new ScannedFile(path, kind, info.Length, info.LastWriteTimeUtc.Ticks) : null;
    }

    private static void Add(Dictionary<string, ScannedFile> found, ScannedFile? file)
    {
        if (file is { Size: <= LargestFile and > 0 }) found[file.Path] = file;
    }
}
