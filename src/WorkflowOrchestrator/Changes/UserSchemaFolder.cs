using OpenSpec;

namespace Workflow.Changes;

/// <summary>
/// The user's own workflow schemas, where OpenSpec looks for them: <c>$XDG_DATA_HOME/openspec/schemas</c>, by default below <c>~/.local/share</c>.
/// A schema's folder may be a link to anywhere, because the user keeps schemas where they like; inside of it links are treated as in any folder.
/// </summary>
/// <param name="root">Path of the folder; it need not exist.</param>
internal sealed class UserSchemaFolder(string root) : IOpenSpecFiles
{
    /// <summary>Limits and schemas for every look at a project on this machine.</summary>
    public static OpenSpecOptions Options { get; } = OpenSpecOptions.Default with { UserSchemas = new UserSchemaFolder(Find()) };

    /// <inheritdoc/>
    public IReadOnlyList<OpenSpecEntry> List(string directory)
    {
        if (directory.Length > 0)
            return Schema(directory, out var rest)?.List(rest) ?? [];
        try
        {
            return new OpenSpecFolder(root).List("").Select(e => IsFolder(e) ? e with { Kind = OpenSpecEntryKind.Directory } : e).ToArray();
        }
        catch (UnauthorizedAccessException)
        {
            // A service may not be allowed to look into the home folder: then there are no schemas for it.
            return [];
        }
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte>? Read(string path)
    {
        if (Schema(path, out var rest) is { } schema && rest.Length > 0)
            return schema.Read(rest);
        return null;
    }

    private static string Find()
    {
        var data = Environment.GetEnvironmentVariable("XDG_DATA_HOME") is { Length: > 0 } given
            ? given
            : Path.Join(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "share");
        return Path.Join(Path.GetFullPath(data), "openspec", "schemas");
    }

    private bool IsFolder(OpenSpecEntry entry) => entry.Kind == OpenSpecEntryKind.Link && Directory.Exists(Path.Join(root, entry.Name));

    private OpenSpecFolder? Schema(string path, out string rest)
    {
        var slash = path.IndexOf('/');
        var name = slash < 0 ? path : path[..slash];
        rest = slash < 0 ? "" : path[(slash + 1)..];
        return name is "" or "." or ".." || name.Contains('\0') ? null : new(Path.Join(root, name));
    }
}
