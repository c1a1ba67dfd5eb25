namespace Workflow.Hosting;

/// <summary>The repository that this daemon serves. All paths are absolute and free of a trailing separator.</summary>
/// <param name="Root">The folder given by <c>--repo</c>: the work tree.</param>
/// <param name="ChangesFolder">The watched folder (<c>openspec/changes</c>); it may be missing for a while.</param>
/// <param name="StateFolder">This repository's own state folder (mode 0700): store, backups, exchanges, logs, lock.</param>
internal sealed record Repository(string Root, string ChangesFolder, string StateFolder)
{
    /// <summary>The <c>openspec</c> folder: parent of <see cref="ChangesFolder"/>.</summary>
    public string OpenSpecDirectory => Path.GetDirectoryName(ChangesFolder)!;

    public string StoreFile => Path.Combine(StateFolder, "store.db");

    public string Backups => Path.Combine(StateFolder, "backups");

    /// <summary>Recorded exchanges with the model.</summary>
    public string Exchanges => Path.Combine(StateFolder, "exchanges");

    public string LogFolder => Path.Combine(StateFolder, "logs");
}
