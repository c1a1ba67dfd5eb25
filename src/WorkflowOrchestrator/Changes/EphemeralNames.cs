namespace Workflow.Changes;

/// <summary>
/// Names that programs use for a moment beside the documents: editors, <c>sed -i</c>, the OpenSpec command line, and this daemon. What bears one
/// is not a document: it is not hashed, and its coming and going makes no revision.
/// </summary>
internal static class EphemeralNames
{
    /// <summary>A dot folder, or a folder that OpenSpec 1.13 moves a change through while it archives.</summary>
    public static bool IsDirectory(ReadOnlySpan<char> name) => name.StartsWith('.') || IsOpenSpecClaim(name);

    /// <summary>A dot file, or the temporary, lock or backup file of an editor, of OpenSpec, or of the daemon (<c>*.wo-*.tmp</c>).</summary>
    public static bool IsFile(ReadOnlySpan<char> name) =>
        name.StartsWith('.') // also .*.swp (vim), .#* (emacs locks), .goutputstream-* (GLib)
        || name.EndsWith('~') // f~ (vim, emacs, gedit)
        || name.StartsWith("~$") // Office lock files
        || (name.StartsWith('#') && name.EndsWith('#')) // emacs auto-save
        || name.EndsWith(".tmp", StringComparison.OrdinalIgnoreCase)
        || name.EndsWith(".swp", StringComparison.OrdinalIgnoreCase)
        || name.EndsWith(".crswap", StringComparison.OrdinalIgnoreCase) // browsers' file access
        || name.EndsWith("___jb_tmp___") || name.EndsWith("___jb_old___") // JetBrains safe write
        || name is "4913" // vim's test whether it may create files here
        || IsSedTemporary(name)
        || IsOpenSpecClaim(name);

    // openspec archive: <name>.openspec-retire-<uuid>, <name>.openspec-claim-<uuid>
    private static bool IsOpenSpecClaim(ReadOnlySpan<char> name) =>
        name.Contains(".openspec-retire-", StringComparison.Ordinal) || name.Contains(".openspec-claim-", StringComparison.Ordinal);

    // sed -i writes "sed" and six letters or digits, then renames. Names in lower case alone ("sedation") are left to people.
    private static bool IsSedTemporary(ReadOnlySpan<char> name)
    {
        if (name.Length != 9 || !name.StartsWith("sed"))
            return false;
        var rest = name[3..];
        foreach (var letter in rest)
        {
            if (!char.IsAsciiLetterOrDigit(letter))
                return false;
        }

        return rest.ContainsAnyExceptInRange('a', 'z');
    }
}
