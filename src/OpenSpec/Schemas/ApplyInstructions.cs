namespace OpenSpec.Schemas;

/// <summary>Whether a change can be applied.</summary>
public enum ApplyState
{
    /// <summary>Something is missing first.</summary>
    Blocked,

    /// <summary>There is work to do.</summary>
    Ready,

    /// <summary>Every task is done.</summary>
    AllDone,
}

/// <summary>A task to work on.</summary>
/// <param name="Id">Its running number among the listed tasks, from 1; not the number written in it.</param>
/// <param name="Text">What to do; never empty.</param>
/// <param name="IsDone">Whether it is ticked.</param>
public sealed record ApplyTask(string Id, string Text, bool IsDone);

/// <summary>
/// What somebody needs to apply a change: what <c>openspec instructions apply --change ID --json</c> says, with paths relative to the change. What people
/// are told is in our words; the texts of OpenSpec's own schema and the index of referenced stores are left out.
/// </summary>
/// <param name="ChangeId">The change.</param>
/// <param name="SchemaName">Its workflow schema; empty when it cannot be told.</param>
/// <param name="State">Whether it can be applied.</param>
/// <param name="Message">What to do now, for people.</param>
/// <param name="Fault">Why nothing can be told, for people; null when all is well.</param>
public sealed record ApplyInstructions(string ChangeId, string SchemaName, ApplyState State, string Message, string? Fault)
{
    /// <summary>Existing files by artifact id, relative to the change: what to read first. Artifacts without files are not in it.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> ContextFiles { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>Checkboxes that have a text, in order. Those without are counted and not listed.</summary>
    public IReadOnlyList<ApplyTask> Tasks { get; init; } = [];

    /// <summary>Number of all checkboxes.</summary>
    public int Total { get; init; }

    /// <summary>Number of ticked checkboxes.</summary>
    public int Completed { get; init; }

    /// <summary>Whether the schema names files whose checkboxes tell the progress.</summary>
    public bool TracksTasks { get; init; }

    /// <summary>Tracked files that cannot be read, relative to the change: progress is not certain.</summary>
    public IReadOnlyList<string> UnreadableFiles { get; init; } = [];

    /// <summary>Artifacts whose absence blocks applying.</summary>
    public IReadOnlyList<string> MissingArtifacts { get; init; } = [];

    /// <summary>Everything that is still to be written before, directly or not, in the order in which it is made.</summary>
    public IReadOnlyList<string> MissingPrerequisites { get; init; } = [];

    /// <summary>What would make validation refuse the change although it can be applied.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>How to work, from the schema; null while the change is not ready, when the schema says nothing, and for OpenSpec's own schema.</summary>
    public string? Instruction { get; init; }

    /// <summary>What the project's configuration tells everybody; null when it says nothing.</summary>
    public string? Context { get; init; }

    /// <summary>What the project's configuration advises for applying.</summary>
    public IReadOnlyList<string> Guidance { get; init; } = [];
}
