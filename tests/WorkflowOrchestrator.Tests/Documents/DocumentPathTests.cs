using Workflow.Changes;
using Workflow.Documents;

namespace Workflow.Tests.Documents;

public sealed class DocumentPathTests
{
    public static TheoryData<string> EvilPaths => new(
        "", "/", "/etc/passwd", "../x", "../../x.md", "specs/../../x.md", "specs/./x/spec.md", "./proposal.md", "proposal.md/", "specs//spec.md", "~/x.md", "~root/x.md",
        "%2e%2e/x.md", "specs/%2e%2e/spec.md", "C:\\x.md", "C:/x.md", "c:x.md", "\\\\srv\\share\\x.md", "specs\\x\\spec.md", "x\0.md", "proposal.md\0", "proposal.md.", "proposal.md ",
        " proposal.md", "specs/x /spec.md", "specs/x./spec.md", ".git/hooks/post-commit", ".git/config", ".git/config.md", "specs/.git/config.md", "openspec/../.ssh/x.md", ".ssh/authorized_keys",
        "CON", "con.md", "specs/NUL/spec.md", "COM1.md", "lpt9.md", "aux.x.md", "specs\u2215x\u2215spec.md", "specs\u2044x/spec.md", "\uFF0E\uFF0E/x.md", "specs\uFF0Fx.md", "a\u202Emd.exe.md",
        "pro\u200Bposal.md", "\uFEFFproposal.md", "line\nbreak.md", "tab\t.md", "bell\u0007.md", "half\uD800.md", "proposal.md:stream", "proposal.md:stream.md", "a*.md", "a?.md", "a|b.md", "<a>.md",
        "run.sh", "tasks", ".openspec.yml", "specs/x/.openspec.yaml", "..", ".", "...", "specs/..", new string('a', 300) + ".md", string.Join('/', Enumerable.Repeat("deep", 300)) + "/x.md");

    [Theory]
    [MemberData(nameof(EvilPaths))]
    public void TryParse_EvilPath_IsRefusedWithAPrintableReason(string text)
    {
        Assert.False(DocumentPath.TryParse(text, out _, out var why));
        Assert.All(why, c => Assert.InRange(c, ' ', '~'));
    }

    [Theory]
    [InlineData("proposal.md", true)]
    [InlineData("design.md", true)]
    [InlineData("tasks.md", true)]
    [InlineData("review.md", true)]
    [InlineData(".openspec.yaml", true)]
    [InlineData("specs/auth/spec.md", true)]
    [InlineData("specs/identity/user-auth/spec.md", true)]
    [InlineData("notes.md", false)]
    [InlineData("specs/spec.md", false)]
    [InlineData("specs/auth/extra.md", false)]
    [InlineData("docs/größe.md", false)]
    public void TryParse_DocumentOfAChange_IsAccepted(string text, bool isKnownName)
    {
        Assert.True(DocumentPath.TryParse(text, out var path, out _));
        Assert.Equal(isKnownName, path.IsKnownName);
    }

    [Fact]
    public void Check_LinkAtAnyComponent_IsRefused()
    {
        var root = Directory.CreateTempSubdirectory("wo-guard-").FullName;
        try
        {
            var changes = Path.Combine(root, "openspec", "changes");
            var outside = Directory.CreateDirectory(Path.Combine(root, "outside")).FullName;
            Directory.CreateDirectory(Path.Combine(changes, "one", "specs", "real"));
            File.WriteAllText(Path.Combine(outside, "proposal.md"), "secret");
            File.WriteAllText(Path.Combine(changes, "one", "design.md"), "x");
            File.CreateSymbolicLink(Path.Combine(changes, "one", "proposal.md"), Path.Combine(outside, "proposal.md"));
            File.CreateSymbolicLink(Path.Combine(changes, "one", "tasks.md"), Path.Combine(outside, "dangling.md"));
            Directory.CreateSymbolicLink(Path.Combine(changes, "one", "specs", "linked"), outside);
            Directory.CreateSymbolicLink(Path.Combine(changes, "two"), outside);
            Directory.CreateDirectory(Path.Combine(changes, "one", "review.md"));
            var guard = new PathGuard(root, changes);

            foreach (var (change, path) in new[] { ("one", "proposal.md"), ("one", "tasks.md"), ("one", "specs/linked/spec.md"), ("two", "proposal.md"), ("one", "review.md"), ("gone", "proposal.md"), ("one", "other.md") })
                Assert.IsType<GuardResult.Refused>(guard.Check(ChangeId.Parse(change), DocumentPath.Parse(path), MissingFolders.CreateBelowChange));
            foreach (var path in new[] { "design.md", "specs/real/spec.md", "specs/new/spec.md" })
                Assert.IsType<GuardResult.Allowed>(guard.Check(ChangeId.Parse("one"), DocumentPath.Parse(path), MissingFolders.CreateBelowChange));
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    [Fact]
    public void StillStands_FolderExchangedForALink_IsFalse()
    {
        var root = Directory.CreateTempSubdirectory("wo-guard-").FullName;
        try
        {
            var changes = Path.Combine(root, "openspec", "changes");
            Directory.CreateDirectory(Path.Combine(changes, "one"));
            var outside = Directory.CreateDirectory(Path.Combine(root, "outside")).FullName;
            var allowed = (GuardResult.Allowed)new PathGuard(root, changes).Check(ChangeId.Parse("one"), DocumentPath.Proposal, MissingFolders.None);
            Assert.True(allowed.Path.StillStands());

            Directory.Move(Path.Combine(changes, "one"), Path.Combine(changes, "moved"));
            Directory.CreateSymbolicLink(Path.Combine(changes, "one"), outside);

            Assert.False(allowed.Path.StillStands());
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }
}
