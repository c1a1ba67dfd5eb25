using OpenSpec;
using Workflow.Changes;

namespace Workflow.Tests.Changes;

/// <summary>The folder on disk: real files, links and pipes.</summary>
public sealed class OpenSpecFolderTests : IDisposable
{
    private readonly TempTree _tree = new();

    public void Dispose() => _tree.Dispose();

    private OpenSpecFolder Folder => new(_tree.OpenSpecFolder, maxFileBytes: 100);

    [Fact]
    public void List_FilesDirectoriesLinksPipes_TellsThemApartInOrdinalOrder()
    {
        _tree.Write("c/b.md", "x");
        _tree.Write("c/B.md", "x");
        Directory.CreateDirectory(_tree.PathOf("c/a"));
        File.CreateSymbolicLink(_tree.PathOf("c/link"), _tree.PathOf("c/b.md"));
        MakePipe(_tree.PathOf("c/pipe"));
        Assert.Equal(
            [new("B.md", OpenSpecEntryKind.File), new("a", OpenSpecEntryKind.Directory), new("b.md", OpenSpecEntryKind.File), new("link", OpenSpecEntryKind.Link), new("pipe", OpenSpecEntryKind.Other)],
            Folder.List("changes/c"));
        Assert.All(Folder.List("changes/c"), entry => Assert.Equal(entry.Kind, Folder.KindOf("changes/c/" + entry.Name)));
    }

    [Fact]
    public void KindOf_NothingThereOrBehindALink_IsNull()
    {
        _tree.Write("c/b.md", "x");
        Directory.CreateSymbolicLink(_tree.PathOf("link"), _tree.PathOf("c"));
        Assert.All(["changes/c/x.md", "changes/x/b.md", "changes/c/b.md/x", "changes/link/b.md", "../openspec", "changes/../changes/c", ""], path => Assert.Null(Folder.KindOf(path)));
        Assert.Equal(OpenSpecEntryKind.Link, Folder.KindOf("changes/link"));
    }

    [Fact]
    public void Read_Absent_IsNullAndNotEmpty()
    {
        _tree.Write("c/empty.md", "");
        Assert.Null(Folder.Read("changes/c/absent.md"));
        Assert.Null(Folder.Read("changes/absent/x.md"));
        Assert.Null(Folder.Read("changes/c"));
        Assert.Equal(0, Folder.Read("changes/c/empty.md")!.Value.Length);
        Assert.Empty(Folder.List("changes/absent"));
        Assert.Empty(Folder.List("changes/c/empty.md"));
    }

    [Fact]
    public void Read_Links_OnlyThoseThatStayInside()
    {
        var outside = Path.Join(_tree.Root, "secret.md");
        File.WriteAllText(outside, "secret");
        _tree.Write("c/real.md", "real");
        File.CreateSymbolicLink(_tree.PathOf("c/inside.md"), "real.md");
        File.CreateSymbolicLink(_tree.PathOf("c/outside.md"), outside);
        File.CreateSymbolicLink(_tree.PathOf("c/circle.md"), _tree.PathOf("c/circle.md"));
        Directory.CreateSymbolicLink(_tree.PathOf("c/up"), _tree.Root);
        Assert.Equal("real"u8.ToArray(), Folder.Read("changes/c/inside.md")!.Value.ToArray());
        Assert.Null(Folder.Read("changes/c/outside.md"));
        Assert.Null(Folder.Read("changes/c/circle.md"));
        Assert.Null(Folder.Read("changes/c/up/secret.md"));
        Assert.Empty(Folder.List("changes/c/up"));
        Assert.Null(Folder.Read("../secret.md"));
        Assert.Null(Folder.Read("changes/../../secret.md"));
        Assert.Null(Folder.Read("/etc/passwd"));
    }

    [Fact]
    public void Read_Pipe_DoesNotBlock()
    {
        MakePipe(_tree.PathOf("pipe.md"));
        Assert.Null(Folder.Read("changes/pipe.md"));
    }

    [Fact]
    public void Read_OverTheLimit_GivesOneByteMoreSoThatItIsReported()
    {
        _tree.Write("c/proposal.md", new string('x', 5000));
        Assert.Equal(101, Folder.Read("changes/c/proposal.md")!.Value.Length);
        var change = new OpenSpecProject(Folder, new() { MaxFileBytes = 100 }).ReadChange("c");
        Assert.Equal(OpenSpec.Documents.DocumentFaultKind.TooLarge, Assert.Single(change.Faults).Kind);
    }

    private static void MakePipe(string path)
    {
        using var process = System.Diagnostics.Process.Start("mkfifo", [path]);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
