using OpenSpec.Documents;

namespace OpenSpec.Parsing;

/// <summary>Reads checkboxes, their numbers and their groups.</summary>
internal static class TaskReader
{
    public static TaskList Read(TextDocument document)
    {
        var tasks = new List<TaskItem>();
        var groups = new List<TaskGroup>();
        TaskGroup? group = null;
        for (var i = 0; i < document.LineCount; i++)
        {
            var line = document.At(i);
            if (IsLevelTwoHeading(line))
            {
                group = TryGroup(document, i);
                if (group is not null)
                    groups.Add(group);
            }

            if (TryTask(line, out var task))
                tasks.Add(Create(document, i, task, group));
        }

        return new(document, tasks, groups);
    }

    /// <summary>
    /// <c>^\s*(?:[-*+]|\d{1,9}[.)])\s*\[(?:\s*([^\]\s]?)\s*\](?![([])|\s+\])\s*(.*)</c>
    /// </summary>
    public static bool TryTask(ReadOnlySpan<char> line, out TaskParts task)
    {
        task = default;
        var at = EcmaText.SkipSpace(line, 0);
        if (!TryBullet(line, ref at))
            return false;
        at = EcmaText.SkipSpace(line, at);
        if (at >= line.Length || line[at] != '[')
            return false;
        var open = at++;
        at = EcmaText.SkipSpace(line, at);
        var mark = '\0';
        var blanks = at > open + 1;
        if (at < line.Length && line[at] != ']')
        {
            mark = line[at];
            at = EcmaText.SkipSpace(line, at + 1);
        }

        if (at >= line.Length || line[at] != ']')
            return false;
        at++;
        var isLink = at < line.Length && line[at] is '(' or '[';
        if (isLink && (mark != '\0' || !blanks))
            return false;
        var text = EcmaText.SkipSpace(line, at);
        var length = line[text..].IndexOfAny('\r', '\u2028', '\u2029');
        length = EcmaText.TrimEnd(length < 0 ? line[text..] : line.Slice(text, length)).Length;
        task = new(mark is 'x' or 'X', open, at, text, length);
        return true;
    }

    /// <summary><c>^(\d+(?:\.\d+)+(?:[A-Za-z]+)?)(?=\s|$)</c>: length of the number, or 0.</summary>
    public static int IdLength(ReadOnlySpan<char> text)
    {
        var at = SkipDigits(text, 0);
        if (at == 0)
            return 0;
        var parts = 0;
        while (at + 1 < text.Length && text[at] == '.' && EcmaText.IsDigit(text[at + 1]))
        {
            at = SkipDigits(text, at + 1);
            parts++;
        }

        if (parts == 0)
            return 0;
        while (at < text.Length && char.IsAsciiLetter(text[at]))
            at++;
        return at == text.Length || EcmaText.IsSpace(text[at]) ? at : 0;
    }

    /// <summary><c>^ {0,3}##(?!#)(?:[ \t]+|[ \t]*\r?$)</c></summary>
    private static bool IsLevelTwoHeading(ReadOnlySpan<char> line)
    {
        var at = HeadingStart(line);
        if (at < 0)
            return false;
        var rest = line[at..];
        return rest.Length == 0 || rest[0] is ' ' or '\t' || rest is "\r";
    }

    /// <summary><c>^ {0,3}##[ \t]+(\d+)\.(?:[ \t]|\r?$)</c></summary>
    private static TaskGroup? TryGroup(TextDocument document, int index)
    {
        var line = document.At(index);
        var at = HeadingStart(line);
        var number = at;
        while (number < line.Length && line[number] is ' ' or '\t')
            number++;
        var end = SkipDigits(line, number);
        if (number == at || end == number || end >= line.Length || line[end] != '.')
            return null;
        var rest = line[(end + 1)..];
        return rest.Length == 0 || rest[0] is ' ' or '\t' || rest is "\r"
            ? new(line[number..end].ToString(), EcmaText.Trim(rest).ToString(), LineSpan(document, index))
            : null;
    }

    /// <summary>Index after the two hashes of <c>^ {0,3}##(?!#)</c>, or -1.</summary>
    private static int HeadingStart(ReadOnlySpan<char> line)
    {
        var at = 0;
        while (at < 3 && at < line.Length && line[at] == ' ')
            at++;
        return line[at..].StartsWith("##") && (at + 2 == line.Length || line[at + 2] != '#') ? at + 2 : -1;
    }

    private static bool TryBullet(ReadOnlySpan<char> line, ref int at)
    {
        if (at >= line.Length)
            return false;
        if (line[at] is '-' or '*' or '+')
        {
            at++;
            return true;
        }

        var end = SkipDigits(line, at);
        if (end == at || end - at > 9 || end >= line.Length || line[end] is not ('.' or ')'))
            return false;
        at = end + 1;
        return true;
    }

    private static int SkipDigits(ReadOnlySpan<char> text, int at)
    {
        while (at < text.Length && EcmaText.IsDigit(text[at]))
            at++;
        return at;
    }

    private static TaskItem Create(TextDocument document, int index, TaskParts task, TaskGroup? group)
    {
        var start = document.StartOf(index);
        var text = document.Text.AsSpan(start + task.Text, task.TextLength);
        var id = IdLength(text);
        return new(
            id > 0 ? text[..id].ToString() : null,
            text.ToString(),
            task.IsDone,
            LineSpan(document, index),
            new(start + task.Open, task.Close - task.Open, index + 1, task.Open + 1),
            new(start + task.Text, task.TextLength, index + 1, task.Text + 1),
            group);
    }

    private static SourceSpan LineSpan(TextDocument document, int index)
    {
        var line = document.At(index);
        return new(document.StartOf(index), line.EndsWith("\r") ? line.Length - 1 : line.Length, index + 1, 1);
    }

    internal readonly record struct TaskParts(bool IsDone, int Open, int Close, int Text, int TextLength);
}
