namespace OpenSpec.Schemas;

/// <summary>Finds the files of an artifact. Linked directories are not followed.</summary>
internal static class ArtifactOutputs
{
    /// <summary>Paths of the existing files, relative to the change, in ordinal order.</summary>
    public static IReadOnlyList<string> Find(IOpenSpecFiles files, OpenSpecOptions options, string changeRoot, string generates)
    {
        var path = Normalize(generates);
        if (!PathGlob.IsPattern(path))
            return IsFile(files, changeRoot + "/" + path) ? [path] : [];
        var glob = new PathGlob(path);
        var found = new List<string>();
        var budget = options.MaxFiles;
        Walk(files, options, changeRoot, "", 0, relative =>
        {
            if (glob.IsMatch(relative))
                found.Add(relative);
            return --budget > 0;
        });
        found.Sort(string.CompareOrdinal);
        return found;
    }

    /// <summary>Whether an artifact's files live below <c>specs/</c>: then <c>skip_specs</c> stands for them.</summary>
    public static bool IsSpecs(string generates) => Normalize(generates).StartsWith("specs/", StringComparison.Ordinal);

    /// <summary>Whether a path is a regular file, or a link to one inside the tree.</summary>
    public static bool IsFile(IOpenSpecFiles files, string path)
    {
        var slash = path.LastIndexOf('/');
        var name = path[(slash + 1)..];
        foreach (var entry in files.List(slash < 0 ? "" : path[..slash]))
        {
            if (string.Equals(entry.Name, name, StringComparison.Ordinal))
                return entry.Kind == OpenSpecEntryKind.File || (entry.Kind == OpenSpecEntryKind.Link && files.Read(path) is not null);
        }

        return false;
    }

    private static string Normalize(string path) =>
        string.Join('/', path.Replace('\\', '/').Split('/').Where(s => s is not ("" or ".")));

    private static bool Walk(IOpenSpecFiles files, OpenSpecOptions options, string root, string prefix, int depth, Func<string, bool> visit)
    {
        if (depth > options.MaxDepth)
            return true;
        foreach (var entry in files.List(prefix.Length == 0 ? root : root + "/" + prefix.TrimEnd('/')))
        {
            var relative = prefix + entry.Name;
            if (entry.Kind == OpenSpecEntryKind.Directory)
            {
                if (!Walk(files, options, root, relative + "/", depth + 1, visit))
                    return false;
            }
            else if (entry.Kind == OpenSpecEntryKind.File || (entry.Kind == OpenSpecEntryKind.Link && files.Read(root + "/" + relative) is not null))
            {
                if (!visit(relative))
                    return false;
            }
        }

        return true;
    }
}
