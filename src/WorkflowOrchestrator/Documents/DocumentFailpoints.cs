using Workflow.Documents.Git;

namespace Workflow.Documents;

/// <summary>Every place in the way of an update where a test can stop the process. <see cref="All"/> is in the order of the way.</summary>
internal static class DocumentFailpoints
{
    public const string AfterPlanned = "documents.after-planned";
    public const string AfterJournaled = "documents.after-journaled";
    public const string DuringBackup = "documents.during-backup";
    public const string AfterBackup = "documents.after-backup";
    public const string AfterBackedUp = "documents.after-backed-up";
    public const string PlaceChecked = "documents.place-checked";
    public const string TemporaryCreated = FilePrefix + "temp-created";
    public const string TemporaryWritten = FilePrefix + "temp-written";
    public const string BaseChecked = FilePrefix + "base-checked";
    public const string FileRenamed = FilePrefix + "renamed";
    public const string AfterFile = "documents.after-file";
    public const string AfterWritten = "documents.after-written";
    public const string BeforeCommit = GitFailpoints.BeforeCommit;
    public const string AfterCommit = GitFailpoints.AfterCommit;
    public const string AfterApplied = "documents.after-applied";

    /// <summary>What stands before the names of the steps of <c>Platform.Files.AtomicFile</c>.</summary>
    public const string FilePrefix = "documents.file-";

    public static IReadOnlyList<string> All { get; } =
    [
        AfterPlanned, AfterJournaled, DuringBackup, AfterBackup, AfterBackedUp, PlaceChecked, TemporaryCreated, TemporaryWritten, BaseChecked, FileRenamed, AfterFile,
        AfterWritten, BeforeCommit, AfterCommit, AfterApplied,
    ];
}
