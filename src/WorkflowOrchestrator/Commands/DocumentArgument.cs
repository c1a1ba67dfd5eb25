namespace Workflow.Commands;

/// <summary>A document of a change as people write it: <c>CHANGE/proposal.md</c>, or its path from the repository's root.</summary>
internal static class DocumentArgument
{
    private const string Prefix = "openspec/changes/";

    /// <summary>The change, and the path inside it; the path is empty when only a change is named.</summary>
    public static (string Change, string Path) Split(string text)
    {
        var at = text.IndexOf(Prefix, StringComparison.Ordinal);
        var rest = at < 0 ? text : text[(at + Prefix.Length)..];
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? (rest, "") : (rest[..slash], rest[(slash + 1)..]);
    }
}
