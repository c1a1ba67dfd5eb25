using Workflow.Changes;

namespace Workflow.Tests.Changes;

/// <summary>A repository folder with <c>openspec/changes</c> in it, removed at the end of the test.</summary>
internal sealed class TempTree : IDisposable
{
    public TempTree()
    {
        Root = Directory.CreateTempSubdirectory("wo-changes-").FullName;
        Directory.CreateDirectory(ChangesFolder);
    }

    public static ScanLimits Limits { get; } = new(MaxFileBytes: 64 * 1024, MaxFiles: 50);

    public string Root { get; }

    public string OpenSpecFolder => Path.Join(Root, "openspec");

    public string ChangesFolder => Path.Join(OpenSpecFolder, "changes");

    public string PathOf(string relative) => Path.Join(ChangesFolder, relative);

    /// <summary>Writes a file below the changes folder, making its folders.</summary>
    public void Write(string relative, string text) => Write(relative, System.Text.Encoding.UTF8.GetBytes(text));

    public void Write(string relative, byte[] bytes)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(relative))!);
        File.WriteAllBytes(PathOf(relative), bytes);
    }

    /// <summary>Makes a file old enough that its stamp is trusted.</summary>
    public void Age(string relative) => File.SetLastWriteTimeUtc(PathOf(relative), DateTime.UtcNow.AddHours(-1));

    public ChangeScanner Scanner(TimeProvider? time = null, ScanLimits? limits = null) => new(ChangesFolder, limits ?? Limits, time ?? TimeProvider.System);

    public ChangeReader Reader(ScanLimits? limits = null) => new(ChangesFolder, limits ?? Limits, TimeProvider.System);

    /// <summary>The hash that a change should have, computed from what is on disk without the scanner.</summary>
    public RevisionHash Expected(string change) =>
        RevisionHasher.Compute(Directory.EnumerateFiles(PathOf(change), "*", SearchOption.AllDirectories)
            .Select(file => (Path.GetRelativePath(PathOf(change), file), RevisionHasher.HashDocument(File.ReadAllBytes(file)))));

    // .NET cannot remove names that are not UTF-8, and some tests make them.
    public void Dispose()
    {
        using var process = System.Diagnostics.Process.Start("rm", ["-rf", "--", Root]);
        process.WaitForExit();
    }
}
