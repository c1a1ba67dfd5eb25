using System.Collections.Frozen;

namespace McpOrchestrator.Agents.Librarian.Passages;

/// <summary>How comments are written in a programming language. Only comments that begin their line are read: they explain, the others annotate.</summary>
/// <param name="Line">What a comment line begins with; empty for none.</param>
/// <param name="Open">What a block comment begins with; empty for none.</param>
/// <param name="Close">What it ends with.</param>
internal sealed record CommentSyntax(string Line, string Open, string Close)
{
    private static readonly FrozenDictionary<string, CommentSyntax> s_byExtension = Build();

    /// <summary>The syntax for a file, by the extension of its name; null for files whose comments are not read.</summary>
    internal static CommentSyntax? Of(ReadOnlySpan<char> name)
    {
        var dot = name.LastIndexOf('.');
        return dot < 0 ? null : s_byExtension.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name[dot..], out var syntax) ? syntax : null;
    }

    private static FrozenDictionary<string, CommentSyntax> Build()
    {
        var result = new Dictionary<string, CommentSyntax>(StringComparer.OrdinalIgnoreCase);
        Add(new("//", "/*", "*/"), ".cs .ts .tsx .mts .js .jsx .mjs .cjs .java .kt .kts .go .rs .c .h .cc .cpp .hpp .swift .scala .php .dart .fs .proto .groovy .gradle .vue .svelte");
        Add(new("#", "\"\"\"", "\"\"\""), ".py .pyi");
        Add(new("#", "", ""), ".rb .sh .bash .zsh .toml .tf .ps1 .ex .exs .pl .r .nix .yaml .yml");
        Add(new("--", "/*", "*/"), ".sql");
        Add(new("--", "", ""), ".lua .hs .elm");
        return result.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

        void Add(CommentSyntax syntax, string extensions)
        {
            foreach (var extension in extensions.Split(' ')) result[extension] = syntax;
        }
    }
}
