using System.Collections;
using Workflow.Hosting;

namespace Workflow.Tests.Hosting;

public sealed class InstanceLockTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wo-lock").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Acquire_Second_IsRefusedAndNamesTheFirst()
    {
        var repository = new Repository(_folder, Path.Combine(_folder, "openspec", "changes"), _folder);
        using var first = InstanceLock.Acquire(repository, TimeProvider.System);

        var refused = Assert.Throws<InstanceRunningException>(() => InstanceLock.Acquire(repository, TimeProvider.System));

        Assert.Contains($"process {Environment.ProcessId}", refused.Message);
    }

    [Fact]
    public void Acquire_AfterRelease_Succeeds()
    {
        var repository = new Repository(_folder, Path.Combine(_folder, "openspec", "changes"), _folder);
        InstanceLock.Acquire(repository, TimeProvider.System).Dispose();

        using var second = InstanceLock.Acquire(repository, TimeProvider.System);
    }

    [Fact]
    public void Locate_MissingFolderFileAndOutsidePath_AreRefusedWithARemedy()
    {
        var settings = Settings(new Hashtable());
        var file = Path.Combine(_folder, "file");
        File.WriteAllText(file, "");

        Assert.Contains("does not exist", Assert.Throws<RepositoryException>(() => RepositoryLocator.Locate(Path.Combine(_folder, "absent"), settings, new Hashtable())).Message);
        Assert.Contains("is a file", Assert.Throws<RepositoryException>(() => RepositoryLocator.Locate(file, settings, new Hashtable())).Message);
        var outside = Settings(new Hashtable { ["OPENSPEC_WATCH_PATH"] = "../elsewhere/changes" });
        Assert.Contains("outside the repository", Assert.Throws<RepositoryException>(() => RepositoryLocator.Locate(_folder, outside, new Hashtable())).Message);
    }

    [Fact]
    public void Locate_TwoNamesOfOneFolder_LeadToOneStateFolder()
    {
        var link = _folder + "-link";
        Directory.CreateSymbolicLink(link, _folder);
        try
        {
            var environment = new Hashtable { ["XDG_STATE_HOME"] = _folder };
            Assert.Equal(
                RepositoryLocator.Locate(_folder, Settings(environment), environment).StateFolder,
                RepositoryLocator.Locate(link, Settings(environment), environment).StateFolder);
        }
        finally
        {
            Directory.Delete(link);
        }
    }

    [Fact]
    public void CreateStateFolders_New_AreReadableByTheOwnerAlone()
    {
        var environment = new Hashtable { ["XDG_STATE_HOME"] = _folder };
        var repository = RepositoryLocator.Locate(_folder, Settings(environment), environment);

        RepositoryLocator.CreateStateFolders(repository);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(repository.StateFolder));
    }

    private static OrchestratorSettings Settings(Hashtable environment) =>
        Assert.IsType<SettingsOutcome.Valid>(SettingsLoader.Load("/nonexistent", null, environment)).Settings;
}
