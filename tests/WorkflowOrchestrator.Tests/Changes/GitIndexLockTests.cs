using Workflow.Changes;
using Workflow.Hosting;

namespace Workflow.Tests.Changes;

public sealed class GitIndexLockTests
{
    [Fact]
    public void CameBetween_EveryTime_LetsTheWorkGoOnNowAndThen()
    {
        using var tree = new TempTree();
        var file = Path.Join(Directory.CreateDirectory(Path.Join(tree.Root, ".git")).FullName, "index.lock");
        var gitIndex = new GitIndexLock(new Repository(tree.Root, tree.ChangesFolder, tree.Root + "-state"));
        var now = TimeSpan.Zero;
        var cameBetween = Enumerable.Range(0, 8).Select(_ =>
        {
            File.Delete(file);
            Assert.False(gitIndex.IsInTheWay(now += TimeSpan.FromSeconds(1)));
            File.WriteAllText(file, "");
            return gitIndex.CameBetween(now += TimeSpan.FromSeconds(1));
        });
        Assert.Equal([true, true, true, false, true, true, true, false], cameBetween);

        File.Delete(file);
        Assert.False(gitIndex.CameBetween(now));
    }

    [Fact]
    public void IsInTheWay_LockLeftBehind_IsWaitedForTenSeconds()
    {
        using var tree = new TempTree();
        File.WriteAllText(Path.Join(Directory.CreateDirectory(Path.Join(tree.Root, ".git")).FullName, "index.lock"), "");
        var gitIndex = new GitIndexLock(new Repository(tree.Root, tree.ChangesFolder, tree.Root + "-state"));

        Assert.True(gitIndex.IsInTheWay(TimeSpan.Zero));
        Assert.True(gitIndex.CameBetween(TimeSpan.FromSeconds(9)));
        Assert.False(gitIndex.IsInTheWay(TimeSpan.FromSeconds(10)));
        Assert.False(gitIndex.CameBetween(TimeSpan.FromSeconds(11)));
    }
}
