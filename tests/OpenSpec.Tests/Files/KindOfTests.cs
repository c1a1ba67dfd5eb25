using FsCheck;
using FsCheck.Fluent;

namespace OpenSpec.Tests.Files;

/// <summary>What a path is, found without listing, is what the listing of its folder says.</summary>
public sealed class KindOfTests
{
    // Few names, so that files, folders and changes often meet at the same path.
    private static readonly string[] s_paths = [.. from first in new[] { "a", "b" } from second in new[] { "", "/a", "/b" } from third in second.Length == 0 ? [""] : new[] { "", "/a", "/c" } select first + second + third];

    [Fact]
    public void KindOf_AnyFilesAndChanges_IsWhatTheListingSays() =>
        Prop.ForAll(Arb.From(Gen.ListOf(Gen.Elements(s_paths))), Arb.From(Gen.ListOf(Gen.Zip(Gen.Elements(s_paths), Gen.Elements(true, false)))), (files, changes) =>
        {
            var memory = new MemoryFiles(WithoutFilesInFiles(files).Select(path => KeyValuePair.Create(path, ReadOnlyMemory<byte>.Empty)));
            var changed = changes.Where(change => !files.Any(file => IsBelow(change.Item1, file) || IsBelow(file, change.Item1))).GroupBy(change => change.Item1)
                .Where(change => !changes.Any(other => IsBelow(other.Item1, change.Key)))
                .ToDictionary(change => change.Key, change => change.First().Item2 ? new byte[1] : (ReadOnlyMemory<byte>?)null);
            foreach (IOpenSpecFiles tree in new IOpenSpecFiles[] { memory, new OverlayFiles(memory, changed), new SnapshotFiles(new OverlayFiles(memory, changed)) })
            {
                foreach (var path in s_paths)
                    Assert.Equal(((IOpenSpecFiles)new OnlyListed(tree)).KindOf(path), tree.KindOf(path));
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void SnapshotFiles_FolderThatChanges_ShowsItAsItWasFirstSeen()
    {
        var files = new Dictionary<string, ReadOnlyMemory<byte>?> { ["a/b"] = new byte[1] };
        var snapshot = new SnapshotFiles(new OverlayFiles(new MemoryFiles([]), files));
        var seen = (snapshot.List("a").Count, snapshot.Read("a/b")?.Length, snapshot.KindOf("a"), snapshot.Read("a/c"));
        files["a/b"] = null;
        files["a/c"] = new byte[2];
        Assert.Equal((1, 1, OpenSpecEntryKind.Directory, null), seen);
        Assert.Equal(seen, (snapshot.List("a").Count, snapshot.Read("a/b")?.Length, snapshot.KindOf("a"), snapshot.Read("a/c")));
    }

    private static IEnumerable<string> WithoutFilesInFiles(IEnumerable<string> files) => files.Distinct().Where(file => !files.Any(other => IsBelow(other, file)));

    private static bool IsBelow(string path, string folder) => path.StartsWith(folder + "/", StringComparison.Ordinal);

    /// <summary>Takes what the interface itself does.</summary>
    private sealed class OnlyListed(IOpenSpecFiles files) : IOpenSpecFiles
    {
        public IReadOnlyList<OpenSpecEntry> List(string directory) => files.List(directory);

        public ReadOnlyMemory<byte>? Read(string path) => files.Read(path);
    }
}
