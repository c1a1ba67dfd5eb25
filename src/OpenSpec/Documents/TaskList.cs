using OpenSpec.Parsing;

namespace OpenSpec.Documents;

/// <summary>A checkbox of a task file.</summary>
/// <param name="Id">The number at the start of the text, such as <c>1.2</c>; null when there is none.</param>
/// <param name="Text">What stands after the box, trimmed, number included; may be empty.</param>
/// <param name="IsDone">Whether the box holds x or X. Any other mark means open.</param>
/// <param name="Span">The whole line.</param>
/// <param name="Box">From '[' to ']'.</param>
/// <param name="TextSpan">The range of <paramref name="Text"/>.</param>
/// <param name="Group">The numbered group that the task is in; null outside of numbered groups.</param>
public sealed record TaskItem(string? Id, string Text, bool IsDone, SourceSpan Span, SourceSpan Box, SourceSpan TextSpan, TaskGroup? Group);

/// <summary>A <c>## N. Title</c> heading of a task file.</summary>
/// <param name="Number">The number as written.</param>
/// <param name="Title">The text after it.</param>
/// <param name="Header">The heading line.</param>
public sealed record TaskGroup(string Number, string Title, SourceSpan Header);

/// <summary>
/// A task file. Every checkbox line counts, wherever it stands, also inside fences and comments. Lines end at LF only:
/// that is how the format reads task files.
/// </summary>
public sealed class TaskList
{
    internal TaskList(TextDocument source, IReadOnlyList<TaskItem> tasks, IReadOnlyList<TaskGroup> groups)
    {
        Source = source;
        Tasks = tasks;
        Groups = groups;
        Completed = tasks.Count(t => t.IsDone);
    }

    /// <summary>The text and its lines.</summary>
    public TextDocument Source { get; }

    /// <summary>All tasks in order.</summary>
    public IReadOnlyList<TaskItem> Tasks { get; }

    /// <summary>The numbered groups in order.</summary>
    public IReadOnlyList<TaskGroup> Groups { get; }

    /// <summary>Number of tasks.</summary>
    public int Total => Tasks.Count;

    /// <summary>Number of done tasks.</summary>
    public int Completed { get; }

    /// <summary>Reads a task file. Any text is one.</summary>
    public static TaskList Parse(string text) => TaskReader.Read(LineReader.ReadLineFeeds(text));
}
