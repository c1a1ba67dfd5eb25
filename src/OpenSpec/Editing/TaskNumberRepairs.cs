using OpenSpec.Documents;
using OpenSpec.Validation;

namespace OpenSpec.Editing;

/// <summary>Gives a new number to each task whose number is used twice or does not fit its group. Only the faulty number changes, so what refers to others stays right.</summary>
internal static class TaskNumberRepairs
{
    public static IEnumerable<MechanicalRepair> Find(IReadOnlyList<OpenSpecDocument<TaskList>> files)
    {
        var tasks = files.Where(f => f.IsIntact).SelectMany(f => f.Content.Tasks.Select(t => (File: f, Task: t))).Where(t => t.Task is { Id: not null, Group: not null }).ToArray();
        var used = tasks.Select(t => t.Task.Id!).ToHashSet(StringComparer.Ordinal);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (file, task) in tasks)
        {
            var id = task.Id!;
            var rest = id[id.IndexOf('.', StringComparison.Ordinal)..];
            var isMisplaced = !TaskRules.Plain(id.AsSpan(0, id.Length - rest.Length)).SequenceEqual(TaskRules.Plain(task.Group!.Number));
            // A misplaced number is about to change, so it does not make a later one a duplicate.
            if (!isMisplaced && seen.Add(id))
                continue;
            var number = TaskNumbers.NextFree(task.Group.Number + rest, used);
            used.Add(number);
            seen.Add(number);
            var reason = isMisplaced ? $"Task {id} stands in group {task.Group.Number}" : $"The task number {id} is used twice";
            yield return new(isMisplaced ? "T2" : "T3", file.Path, [new(task.TextSpan.Start, id, number)], $"{reason}; it becomes {number} (line {task.Span.Line}).");
        }
    }
}
