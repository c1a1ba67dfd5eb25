using OpenSpec.Documents;

namespace OpenSpec.Validation;

/// <summary>A task file as the lints see it.</summary>
/// <param name="Path">Path relative to the change.</param>
/// <param name="Document">The file.</param>
internal sealed record TaskFile(string Path, OpenSpecDocument<TaskList> Document)
{
    public string File => Document.Path;

    public TaskList Tasks => Document.Content;
}

/// <summary>Rules T1 to T3.</summary>
internal static class TaskRules
{
    /// <summary>T1: a list without a single checkbox counts as no work at all.</summary>
    public static void CheckBoxes(IReadOnlyList<TaskFile> files, IssueList issues)
    {
        if (files.Any(f => f.Tasks.Total > 0))
            return;
        foreach (var file in files)
        {
            if (ListItemScanner.FirstLine(file.Tasks.Source) is { } line)
                issues.Add("T1", file.Path, line, "No task of this change has a checkbox, so it counts as having nothing to do. Write each task as \"- [ ] 1.1 TEXT\".", file.File);
        }
    }

    /// <summary>T2 and T3: task numbers that do not fit their group, or are used twice.</summary>
    public static void CheckNumbers(IReadOnlyList<TaskFile> files, IssueList issues)
    {
        var first = new Dictionary<string, (string Path, int Line)>(StringComparer.Ordinal);
        foreach (var file in files)
        {
            foreach (var task in file.Tasks.Tasks)
            {
                if (task.Group is not null && task.Id is not null)
                    CheckNumber(file, task, first, issues);
            }
        }
    }

    /// <summary>A group number without leading zeros.</summary>
    public static ReadOnlySpan<char> Plain(ReadOnlySpan<char> number)
    {
        var trimmed = number.TrimStart('0');
        return trimmed.Length == 0 ? number[^1..] : trimmed;
    }

    private static void CheckNumber(TaskFile file, TaskItem task, Dictionary<string, (string Path, int Line)> first, IssueList issues)
    {
        var id = task.Id!;
        var group = id.AsSpan(0, id.IndexOf('.'));
        if (!Plain(group).SequenceEqual(Plain(task.Group!.Number)))
            issues.Add("T2", file.Path, task.Span.Line, $"The task \"{id}\" stands in group {task.Group.Number}, but its number says group {group}. Renumber or move it.", file.File);
        if (first.TryGetValue(id, out var other))
        {
            var place = other.Path == file.Path ? $"line {other.Line}" : $"line {other.Line} of {other.Path}";
            issues.Add("T3", file.Path, task.Span.Line, $"The task number \"{id}\" is used twice; the first is on {place}. Renumber one.", file.File);
        }
        else
        {
            first[id] = (file.Path, task.Span.Line);
        }
    }
}
