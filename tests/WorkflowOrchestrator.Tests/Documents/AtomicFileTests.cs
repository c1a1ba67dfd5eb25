using System.Diagnostics;
using System.Text;
using Platform.Files;

namespace Workflow.Tests.Documents;

public sealed class AtomicFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wo-atomic-").FullName;

    private string File1 => Path.Combine(_folder, "file.md");

    [Fact]
    public void Write_ExistingFile_KeepsModeAndLeavesNothingElse()
    {
        File.WriteAllText(File1, "old");
        File.SetUnixFileMode(File1, (UnixFileMode)0b110_100_000);

        Assert.True(AtomicFile.Write(File1, "new"u8, "01A", bytes => bytes!.AsSpan().SequenceEqual("old"u8)));

        Assert.Equal("new", File.ReadAllText(File1));
        Assert.Equal((UnixFileMode)0b110_100_000, File.GetUnixFileMode(File1));
        Assert.Single(Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public void Write_NewFile_IsReadableAsTheUmaskSays()
    {
        Assert.True(AtomicFile.Write(File1, "new"u8, "01A", bytes => bytes is null));
        var plain = Path.Combine(_folder, "plain");
        File.WriteAllText(plain, "");
        Assert.Equal(File.GetUnixFileMode(plain), File.GetUnixFileMode(File1));
    }

    [Fact]
    public void Write_SavedBetweenCheckAndSwap_PutsTheSaveBack()
    {
        File.WriteAllText(File1, "old");
        var calls = 0;
        var isWritten = AtomicFile.Write(File1, "new"u8, "01A", bytes =>
        {
            calls++;
            if (calls == 1)
            {
                // An editor saves right after the last look: with a new file, as most editors do.
                File.WriteAllText(File1 + "~", "saved by the human");
                File.Move(File1 + "~", File1, overwrite: true);
                return true;
            }

            return bytes!.AsSpan().SequenceEqual("old"u8);
        });

        Assert.False(isWritten);
        Assert.Equal("saved by the human", File.ReadAllText(File1));
        Assert.Single(Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public void Write_CreatedBySomebodyElseMeanwhile_IsLeftAlone()
    {
        var isWritten = AtomicFile.Write(File1, "new"u8, "01A", bytes =>
        {
            Assert.Null(bytes);
            File.WriteAllText(File1, "theirs");
            return true;
        });

        Assert.False(isWritten);
        Assert.Equal("theirs", File.ReadAllText(File1));
    }

    [Fact]
    public void Write_LinkFolderOrReadOnlyFile_IsRefused()
    {
        var target = Path.Combine(_folder, "target.md");
        File.WriteAllText(target, "t");
        File.CreateSymbolicLink(File1, target);
        Assert.Throws<FileRefusedException>(() => AtomicFile.Write(File1, "new"u8, "01A", _ => true));
        Assert.Throws<FileRefusedException>(() => AtomicFile.Write(_folder, "new"u8, "01A", _ => true));
        File.SetUnixFileMode(target, UnixFileMode.UserRead);
        Assert.Throws<FileRefusedException>(() => AtomicFile.Write(target, "new"u8, "01A", _ => true));
        Assert.Equal("t", File.ReadAllText(target));
    }

    [Fact]
    public void Write_LinkInTheTemporarysPlace_IsNeitherFollowedNorReplaced()
    {
        var target = Path.Combine(_folder, "target.md");
        File.WriteAllText(target, "t");
        File.WriteAllText(File1, "old");
        File.CreateSymbolicLink(AtomicFile.TemporaryName(File1, "01A"), target);

        Assert.ThrowsAny<IOException>(() => AtomicFile.Write(File1, "new"u8, "01A", _ => true));

        Assert.Equal("t", File.ReadAllText(target));
        Assert.Equal("old", File.ReadAllText(File1));
    }

    [Fact]
    public void TemporaryName_AnyName_IsRecognisedAndFitsTheFileSystem()
    {
        foreach (var name in new[] { "a.md", new string('x', 255), new string('ü', 127), "proposal.md" })
        {
            var temporary = Path.GetFileName(AtomicFile.TemporaryName(Path.Combine(_folder, name), "01ARZ3NDEKTSV4RRFFQ69G5FAV"));
            Assert.InRange(Encoding.UTF8.GetByteCount(temporary), 1, 255);
            Assert.True(AtomicFile.IsTemporary(temporary, out var id));
            Assert.Equal("01ARZ3NDEKTSV4RRFFQ69G5FAV", id);
        }

        Assert.False(AtomicFile.IsTemporary("proposal.md", out _));
        Assert.False(AtomicFile.IsTemporary(".proposal.md.swp", out _));
    }

    [Fact]
    public async Task Write_DiskFull_KeepsTheOldBytes()
    {
        Assert.True(CanUnshare(), "unshare -rm with a tmpfs is needed for this test, and it does not work on this machine.");
        var script = $"mount -t tmpfs -o size=64k tmpfs '{_folder}' && printf old > '{File1}' && dotnet exec '{typeof(AtomicFileTests).Assembly.Location}' atomic-write '{File1}' 200000; echo \"code $?\"; cat '{File1}'; echo; ls -A '{_folder}'";
        var output = await RunAsync("unshare", "-rm", "sh", "-c", script);
        Assert.Equal("DiskFull\ncode 3\nold\nfile.md\n", output);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static bool CanUnshare() => RunAsync("unshare", "-rm", "sh", "-c", "mount -t tmpfs tmpfs /mnt && echo yes").GetAwaiter().GetResult() == "yes\n";

    private static async Task<string> RunAsync(params string[] command)
    {
        using var process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        _ = await error;
        return output;
    }
}
