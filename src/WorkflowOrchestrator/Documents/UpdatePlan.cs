using OpenSpec.Editing;
using Workflow.Changes;

namespace Workflow.Documents;

/// <summary>What an update is made of. Stored as a number: never renumber.</summary>
[Flags]
internal enum UpdateKinds
{
    None = 0,

    /// <summary>A fault with one certain remedy was repaired (wrong heading level, missing final newline, …).</summary>
    MechanicalRepair = 1,

    /// <summary>Answered questions were written into <c>## Clarifications</c>.</summary>
    Clarification = 2,

    /// <summary><c>review.md</c> was written.</summary>
    ReviewReport = 4,

    /// <summary>Text that a person wrote was changed in its meaning.</summary>
    TextEdit = 8,

    /// <summary>Sensitive: a requirement, scenario, section or task is removed.</summary>
    Removal = 16,

    /// <summary>Sensitive: a requirement or capability gets another name.</summary>
    Rename = 32,

    /// <summary>Sensitive: a whole file of human text is replaced.</summary>
    Rewrite = 64,

    /// <summary>Takes back an earlier update.</summary>
    Undo = 128,

    /// <summary>A change folder of the daemon's own is created.</summary>
    NewChange = 256,
}

/// <summary>What is planned for one document.</summary>
/// <param name="Path">The document, relative to the change's folder.</param>
/// <param name="BaseHash">SHA-256 (lower-case hexadecimal) of the bytes that the plan was made from; null when the document did not exist.</param>
internal abstract record FileEdit(DocumentPath Path, string? BaseHash)
{
    /// <summary>Replacements that do not overlap, each anchored by the text that it replaces. Everything outside stays byte for byte.</summary>
    internal sealed record Patch(DocumentPath Path, string BaseHash, IReadOnlyList<TextEdit> Edits) : FileEdit(Path, BaseHash);

    /// <summary>The whole text: a new document, or one that is generated (<c>review.md</c>), or a merge.</summary>
    internal sealed record Whole(DocumentPath Path, string? BaseHash, string Text) : FileEdit(Path, BaseHash);

    /// <summary>The document goes away. Only taking back a creation does that.</summary>
    internal sealed record Delete(DocumentPath Path, string BaseHash) : FileEdit(Path, BaseHash);
}

/// <summary>An update as planned: the edits to one change that are written, committed and undone together.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Change">The only change it may touch.</param>
/// <param name="Revision">The revision that it was made from.</param>
/// <param name="Files">What happens to which document, in the order of writing.</param>
/// <param name="Kinds">What it is made of; <c>UpdatePolicy</c> adds what it sees itself.</param>
/// <param name="Reason">Why, in one line for people: the subject of the commit.</param>
internal sealed record UpdatePlan(UpdateId Id, ChangeId Change, RevisionHash Revision, IReadOnlyList<FileEdit> Files, UpdateKinds Kinds, string Reason)
{
    /// <summary>The model id of edits that no model made.</summary>
    public const string BuiltIn = "built-in";

    /// <summary>The questions whose answers it writes.</summary>
    public IReadOnlyList<string> QuestionIds { get; init; } = [];

    /// <summary>The model that proposed it.</summary>
    public string Model { get; init; } = BuiltIn;

    /// <summary>The update that it takes back.</summary>
    public UpdateId? Undoes { get; init; }

    /// <summary>The person who asked for exactly this: it is not held back.</summary>
    public string? ApprovedBy { get; init; }
}
