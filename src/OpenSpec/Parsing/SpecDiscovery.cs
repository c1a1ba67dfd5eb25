using OpenSpec.Documents;

namespace OpenSpec.Parsing;

/// <summary>A file below a <c>specs/</c> directory.</summary>
/// <param name="Path">Path relative to the <c>openspec</c> folder.</param>
/// <param name="Relative">Path relative to the <c>specs/</c> directory.</param>
/// <param name="IsLink">Whether the entry is a link.</param>
internal sealed record SpecFile(string Path, string Relative, bool IsLink)
{
    /// <summary>The capability path when this is a capability's <c>spec.md</c>; null otherwise.</summary>
    public string? Capability => Relative.EndsWith("/spec.md", StringComparison.Ordinal) ? Relative[..^"/spec.md".Length] : null;
}

/// <summary>Finds the files below a <c>specs/</c> directory: dot entries are skipped, linked directories are not followed.</summary>
internal static class SpecDiscovery
{
    /// <summary>All files and links, in ordinal order of their relative paths.</summary>
    public static List<SpecFile> Walk(DocumentLoader loader, string root)
    {
        var found = new List<SpecFile>();
        Walk(loader, root, "", 0, found);
        found.Sort((a, b) => string.CompareOrdinal(a.Relative, b.Relative));
        return found;
    }

    /// <summary>The capabilities' files in ordinal order of their ids.</summary>
    public static List<SpecFile> Capabilities(IReadOnlyList<SpecFile> files)
    {
        var found = files.Where(f => f.Capability is not null).ToList();
        found.Sort((a, b) => string.CompareOrdinal(a.Capability, b.Capability));
        return found;
    }

    /// <summary>Whether any file or link lies below a directory, dot entries aside.</summary>
    public static bool HasAnyFile(IOpenSpecFiles files, string directory, int maxDepth)
    {
        foreach (var entry in files.List(directory))
        {
            if (entry.Name.StartsWith('.'))
                continue;
            if (entry.Kind is OpenSpecEntryKind.File or OpenSpecEntryKind.Link)
                return true;
            if (entry.Kind == OpenSpecEntryKind.Directory && maxDepth > 0 && HasAnyFile(files, directory + "/" + entry.Name, maxDepth - 1))
                return true;
        }

        return false;
    }

    private static void Walk(DocumentLoader loader, string root, string prefix, int depth, List<SpecFile> found)
    {
        var directory = prefix.Length == 0 ? root : root + "/" + prefix.TrimEnd('/');
        if (depth > loader.Options.MaxDepth)
        {
            loader.Faults.Add(new(directory, DocumentFaultKind.LimitReached,
                $"{directory} is nested deeper than {loader.Options.MaxDepth} levels; what lies below is not read."));
            return;
        }

        foreach (var entry in loader.Files.List(directory))
        {
            if (entry.Name.StartsWith('.'))
                continue;
            if (entry.Kind == OpenSpecEntryKind.Directory)
                Walk(loader, root, prefix + entry.Name + "/", depth + 1, found);
            else if (entry.Kind is OpenSpecEntryKind.File or OpenSpecEntryKind.Link && !Add(loader, root, prefix + entry.Name, entry.Kind, found))
                return;
        }
    }

    private static bool Add(DocumentLoader loader, string root, string relative, OpenSpecEntryKind kind, List<SpecFile> found)
    {
        if (found.Count < loader.Options.MaxFiles)
        {
            found.Add(new(root + "/" + relative, relative, kind == OpenSpecEntryKind.Link));
            return true;
        }

        if (!loader.Faults.Exists(f => f.Kind == DocumentFaultKind.LimitReached && f.Path == root))
        {
            loader.Faults.Add(new(root, DocumentFaultKind.LimitReached,
                $"{root} holds more than {loader.Options.MaxFiles:N0} files; the rest is not read."));
        }

        return false;
    }
}
