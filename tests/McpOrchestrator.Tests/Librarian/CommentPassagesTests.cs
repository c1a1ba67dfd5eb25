using McpOrchestrator.Agents.Librarian.Passages;

namespace McpOrchestrator.Tests.Librarian;

public sealed class CommentPassagesTests
{
    [Theory]
    [InlineData("a.cs", "// Copyright 2026 somebody with a licence text\n\nclass A\n{\n    /// <summary>Retries an upload at most three times before it gives up.</summary>\n    [Obsolete]\n    void Upload() { } // short\n}\n", 5, 5, "void Upload() { } // short")]
    [InlineData("a.ts", "const u = 'http://x/*';\n/**\n * The cache keeps answers for one hour only.\n */\nexport const cache = 1;", 2, 4, "export const cache = 1;")]
    [InlineData("a.py", "def f():\n    \"\"\"Reads the file again when its size has changed since.\"\"\"\n    return 1", 2, 2, "return 1")]
    [InlineData("a.sh", "#!/bin/sh -e with some more words here\nset -e\n# waits until the other process has left its lock\n# and then goes on\nrm x", 3, 4, "rm x")]
    public void Split_Source_FindsTheCommentThatExplains(string path, string text, int line, int endLine, string title)
    {
        var passage = Assert.Single(CommentPassages.Split(text, "subject", CommentSyntax.Of(path)!));

        Assert.Equal((line, endLine, title), (passage.Line, passage.EndLine, passage.Title));
        Assert.Equal(string.Join('\n', text.Split('\n')[(line - 1)..endLine]), passage.Text);
    }

    [Theory]
    [InlineData("a.cs", "// one two\nint x;\n// ------------------------------\n")]
    [InlineData("a.cs", "/* never closed")]
    [InlineData("a.py", "")]
    public void Split_NothingThatExplains_IsEmpty(string path, string text) => Assert.Empty(CommentPassages.Split(text, "", CommentSyntax.Of(path)!));
}
