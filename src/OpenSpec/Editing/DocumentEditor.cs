using OpenSpec.Documents;
using OpenSpec.Parsing;

namespace OpenSpec.Editing;

/// <summary>
/// Edits by meaning: a quoted passage, a section, a task. Each finds its place in the text and gives the edit for it, or says why it cannot.
/// New text takes on the document's line ends; nothing outside the place changes.
/// </summary>
public static class DocumentEditor
{
    /// <summary>Replaces a passage that is quoted verbatim and occurs exactly once. Line ends in the quote match any line end.</summary>
    public static EditTarget ReplaceQuote(string text, string quote, string newText)
    {
        if (quote.Length == 0)
            return new EditTarget.Missing("The quoted passage is empty.");
        var expected = LineEnds.Adapt(quote, text);
        var at = text.IndexOf(expected, StringComparison.Ordinal);
        if (at < 0 && expected != quote)
        {
            expected = quote;
            at = text.IndexOf(expected, StringComparison.Ordinal);
        }

        if (at < 0)
            return new EditTarget.Missing($"The quoted passage is not in the document: {Shorten(quote)}");
        return text.IndexOf(expected, at + 1, StringComparison.Ordinal) >= 0
            ? new EditTarget.Missing($"The quoted passage is in the document more than once: {Shorten(quote)}")
            : new EditTarget.Found(new(at, expected, LineEnds.Adapt(newText, text)));
    }

    /// <summary>Replaces the content of the first section with a title, keeping its header.</summary>
    /// <param name="text">The document.</param>
    /// <param name="title">The title, at any level, ignoring ASCII case.</param>
    /// <param name="content">The new content, without blank lines around it.</param>
    /// <param name="expectedHash">Hash of the content that the new one was made from (<see cref="TextEdits.Hash"/>); null not to check.</param>
    public static EditTarget ReplaceSection(string text, string title, string content, string? expectedHash = null)
    {
        if (MarkdownDocument.Parse(text).Find(title) is not { } section)
            return new EditTarget.Missing($"The document has no section \"{title}\".");
        if (IsStale(section.Content, expectedHash))
            return new EditTarget.Missing($"The section \"{title}\" has changed since the edit was made.");
        var span = section.ContentSpan;
        var newText = LineEnds.Adapt(span.Length > 0 ? content : "\n\n" + content, text);
        return new EditTarget.Found(new(span.Start, span.In(text), newText));
    }

    /// <summary>Adds lines at the end of a section's own content; makes the section at the end of the document when there is none.</summary>
    /// <param name="text">The document.</param>
    /// <param name="title">The title; a new section is of level 2.</param>
    /// <param name="lines">What to add, such as a bullet.</param>
    public static EditTarget AppendToSection(string text, string title, string lines)
    {
        var end = LineEnds.Of(text);
        if (MarkdownDocument.Parse(text).Find(title) is { } section)
        {
            var span = section.ContentSpan;
            var separator = span.Length == 0 || !IsListItem(LastLine(span.In(text))) || !IsListItem(lines) ? end + end : end;
            return new EditTarget.Found(new(span.End, "", separator + LineEnds.Adapt(lines, text)));
        }

        // After the last non-blank character, so that the document keeps the line ends it has at its end.
        var at = EcmaText.TrimEnd(text.AsSpan()).Length;
        var lead = at == 0 ? "" : end + end;
        var tail = at == text.Length ? end : "";
        return new EditTarget.Found(new(at, "", lead + LineEnds.Adapt($"## {title}\n\n{lines}", text) + tail));
    }

    /// <summary>Ticks or unticks a task.</summary>
    /// <param name="text">The task file.</param>
    /// <param name="id">The task's number, such as <c>1.2</c>, or its whole text.</param>
    /// <param name="isDone">Whether it shall be done.</param>
    public static EditTarget SetTask(string text, string id, bool isDone)
    {
        var found = TaskList.Parse(text).Tasks.Where(t => t.Id == id || t.Text == id).Take(2).ToArray();
        if (found.Length != 1)
            return new EditTarget.Missing(found.Length == 0 ? $"There is no task \"{id}\"." : $"There is more than one task \"{id}\".");
        var box = found[0].Box;
        return new EditTarget.Found(new(box.Start, box.In(text), isDone ? "[x]" : "[ ]"));
    }

    /// <summary>Replaces the text of a task; its number and box stay when the new text has no number.</summary>
    public static EditTarget ReplaceTaskText(string text, string id, string newText)
    {
        var found = TaskList.Parse(text).Tasks.Where(t => t.Id == id || t.Text == id).Take(2).ToArray();
        if (found.Length != 1)
            return new EditTarget.Missing(found.Length == 0 ? $"There is no task \"{id}\"." : $"There is more than one task \"{id}\".");
        if (newText.AsSpan().IndexOfAny('\n', '\r') >= 0)
            return new EditTarget.Missing("The text of a task is one line.");
        var task = found[0];
        var keepsNumber = task.Id is not null && TaskReader.IdLength(newText) == 0;
        return new EditTarget.Found(new(task.TextSpan.Start, task.Text, keepsNumber ? $"{task.Id} {newText}" : newText));
    }

    /// <summary>Adds an open task after the last one of a group, numbered by the group when the group's tasks are.</summary>
    /// <param name="text">The task file.</param>
    /// <param name="group">The group's number; null for the last task of the file.</param>
    /// <param name="newText">The task's text without a number; one line.</param>
    public static EditTarget AddTask(string text, string? group, string newText)
    {
        if (newText.AsSpan().IndexOfAny('\n', '\r') >= 0)
            return new EditTarget.Missing("The text of a task is one line.");
        var tasks = TaskList.Parse(text).Tasks;
        var last = tasks.LastOrDefault(t => group is null || t.Group?.Number == group);
        if (last is null)
            return new EditTarget.Missing(group is null ? "The file has no task." : $"There is no group \"{group}\" with a task.");
        var number = last.Group is { } own && last.Id is not null ? TaskNumbers.NextFree($"{own.Number}.1", tasks.Select(t => t.Id)) + " " : "";
        return new EditTarget.Found(new(last.Span.End, "", LineEnds.Adapt($"\n- [ ] {number}{newText}", text)));
    }

    internal static bool IsStale(string content, string? expectedHash) =>
        expectedHash is not null && !string.Equals(TextEdits.Hash(content), expectedHash, StringComparison.Ordinal);

    private static bool IsListItem(string text)
    {
        var line = EcmaText.TrimStart(text);
        return line.Length > 1 && line[0] is '-' or '*' or '+' && line[1] == ' ';
    }

    private static string LastLine(string text) => text[(text.LastIndexOfAny(['\n', '\r']) + 1)..];

    private static string Shorten(string quote) => quote.Length <= 80 ? $"\"{quote}\"" : $"\"{quote[..80]}…\"";
}
