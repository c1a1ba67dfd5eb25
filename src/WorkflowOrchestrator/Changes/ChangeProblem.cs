namespace Workflow.Changes;

/// <summary>Why something in the changes folder was not read, or is not what it should be. Stored by name.</summary>
internal enum ProblemKind
{
    /// <summary>A symbolic link: never followed.</summary>
    Link,

    /// <summary>A pipe, socket or device.</summary>
    SpecialFile,

    /// <summary>Over <c>max_file_bytes</c>.</summary>
    TooLarge,

    /// <summary>The change has more files than <c>max_change_files</c>; none was read.</summary>
    TooManyFiles,

    /// <summary>Folders nested deeper than <see cref="ScanLimits.MaxDepth"/>.</summary>
    TooDeep,

    /// <summary>No permission, or an I/O error.</summary>
    Unreadable,

    /// <summary>The name is not valid UTF-8 or holds control characters or a backslash.</summary>
    InvalidName,

    /// <summary>A document whose bytes are not UTF-8. It belongs to the revision and is never rewritten.</summary>
    NotUtf8,

    /// <summary>The change has no document at all.</summary>
    Empty,

    /// <summary>Differs from another change only in upper and lower case.</summary>
    CaseTwin,
}

/// <summary>Something that was found and left alone.</summary>
/// <param name="Path">Relative to the change's folder (to the changes folder for problems of the snapshot), with '/'; empty for the folder itself.</param>
/// <param name="Kind">What is wrong.</param>
/// <param name="Message">The same for people, with what to do.</param>
internal sealed record ChangeProblem(string Path, ProblemKind Kind, string Message)
{
    /// <summary>True when the change as a whole cannot be worked on.</summary>
    public bool BlocksChange => Kind is ProblemKind.TooManyFiles or ProblemKind.Empty || (Kind == ProblemKind.Unreadable && Path.Length == 0);

    public static ChangeProblem Link(string path) => new(path, ProblemKind.Link, "is a link; links are not followed. Put the document itself here.");

    public static ChangeProblem SpecialFile(string path) => new(path, ProblemKind.SpecialFile, "is a pipe, socket or device, not a document. Remove it from the change.");

    public static ChangeProblem TooLarge(string path, long size, long limit) =>
        new(path, ProblemKind.TooLarge, $"has {size} bytes; documents over {limit} are not read. Shorten it, or raise workflow_orchestrator.max_file_bytes.");

    public static ChangeProblem TooManyFiles(int limit) =>
        new("", ProblemKind.TooManyFiles, $"has more than {limit} files or folders. Move what is no document elsewhere, or raise workflow_orchestrator.max_change_files.");

    public static ChangeProblem TooDeep(string path) => new(path, ProblemKind.TooDeep, $"lies more than {ScanLimits.MaxDepth} folders deep and was not read.");

    public static ChangeProblem Unreadable(string path, string reason) => new(path, ProblemKind.Unreadable, $"cannot be read: {reason}");

    public static ChangeProblem InvalidName(string path) =>
        new(path, ProblemKind.InvalidName, "has a name that is not valid UTF-8, or with control characters or a backslash. Rename it.");

    public static ChangeProblem NotUtf8(string path) => new(path, ProblemKind.NotUtf8, "is not UTF-8 text. Convert it (iconv -t UTF-8); until then it is not edited.");

    public static ChangeProblem Empty() => new("", ProblemKind.Empty, "has no documents. Write a proposal.md.");

    public static ChangeProblem CaseTwin(string other) =>
        new("", ProblemKind.CaseTwin, $"differs from '{other}' only in upper and lower case: on other machines they are one folder. Rename one.");
}

/// <summary>How much of a change is read.</summary>
/// <param name="MaxFileBytes">Larger files are reported and not read.</param>
/// <param name="MaxFiles">A change with more files (or folders) is reported and not read.</param>
internal sealed record ScanLimits(long MaxFileBytes, int MaxFiles)
{
    /// <summary>OpenSpec itself nests three deep; the bound only protects against runaway trees.</summary>
    public const int MaxDepth = 32;
}
