using System.CommandLine;
using System.Globalization;
using Workflow.Hosting;
using Workflow.Storage;

namespace Workflow.Commands;

/// <summary><c>wo backup FILE</c> and <c>wo restore FILE</c>.</summary>
internal static class BackupCommand
{
    public static Command CreateBackup()
    {
        var file = new Argument<string>("file") { Description = "Archive to write." };
        var force = new Option<bool>("--force") { Description = "Replace the file if it exists." };
        var command = new Command("backup", "Save the state of this repository (questions, answers, updates, history); also while the daemon works. Example: wo backup ~/shop.wo.tar.gz") { file, force };
        command.SetAction(result => Run(result, repository =>
        {
            var target = Path.GetFullPath(result.GetValue(file)!);
            if (File.Exists(target) && !result.GetValue(force))
                throw new BackupException($"{target} exists. Give another name, or --force.");
            var manifest = StateBackup.Create(repository.StoreFile, repository.Backups, repository.Root, HealthReporter.Version, target, TimeProvider.System.GetUtcNow());
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Saved {Print.Plural(manifest.Files.Count, "file")} of {repository.Root}, {new FileInfo(target).Length / 1024.0:0} KB, checked: {target}"));
        }));
        return command;
    }

    public static Command CreateRestore()
    {
        var file = new Argument<string>("file") { Description = "Archive of wo backup." };
        var force = new Option<bool>("--force") { Description = "Also when it is the backup of another repository (a clone, or a folder that was moved)." };
        var command = new Command("restore", "Put a saved state back; the daemon must be stopped, and the present store is kept beside it. Example: wo restore ~/shop.wo.tar.gz") { file, force };
        command.SetAction(result => Run(result, repository =>
        {
            var archive = Path.GetFullPath(result.GetValue(file)!);
            if (!File.Exists(archive))
                throw new BackupException($"{archive} does not exist.");
            RepositoryLocator.CreateStateFolders(repository);
            using var instance = InstanceLock.Acquire(repository, TimeProvider.System);
            var other = StateBackup.RepositoryOf(archive);
            if (other != repository.Root && !result.GetValue(force))
                throw new BackupException($"{archive} is the state of {other}, not of {repository.Root}. If that is what you want: --force.");
            var (manifest, kept) = StateBackup.Restore(archive, repository.StoreFile, repository.Backups, TimeProvider.System.GetUtcNow());
            Console.WriteLine($"Restored the state of {manifest.CreatedAt.ToLocalTime():yyyy-MM-dd HH:mm:ss} (version {manifest.Version}).{(kept is null ? "" : $" The store that was there is kept: {kept}")}");
        }));
        return command;
    }

    private static int Run(ParseResult result, Action<Repository> work)
    {
        if (CommonOptions.SettingsOrReport(result) is not { Settings: var settings })
            return ExitCodes.BadConfiguration;
        try
        {
            work(RepositoryLocator.Locate(CommonOptions.RepoFolder(result), settings, Environment.GetEnvironmentVariables()));
            return ExitCodes.Done;
        }
        catch (RepositoryException error)
        {
            Console.Error.WriteLine(error.Message);
            return ExitCodes.BadConfiguration;
        }
        catch (Exception error) when (error is BackupException or InstanceRunningException or IOException or UnauthorizedAccessException or Microsoft.Data.Sqlite.SqliteException)
        {
            Console.Error.WriteLine(error.Message);
            return ExitCodes.Failed;
        }
    }
}
