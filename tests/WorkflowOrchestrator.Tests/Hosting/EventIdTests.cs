using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using Platform.Models;
using Workflow.Hosting;

namespace Workflow.Tests.Hosting;

/// <summary>The ids of the log and their list in <c>deploy/event-ids.md</c>.</summary>
public sealed partial class EventIdTests
{
    private static readonly EventId[] s_ids =
    [
        .. new[] { typeof(HealthBoard).Assembly, typeof(ModelServer).Assembly }
            .SelectMany(assembly => assembly.GetTypes())
            .SelectMany(type => type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
            .Where(field => field.FieldType == typeof(EventId))
            .Select(field => (EventId)field.GetValue(null)!),
    ];

    [Fact]
    public void Ids_InCode_AreUnique() => Assert.Equal(s_ids.Length, s_ids.Select(id => id.Id).Distinct().Count());

    [Fact]
    public void List_InTheDocuments_NamesEveryIdAndNoOther()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "WorkflowOrchestrator.sln")))
            folder = Path.GetDirectoryName(folder)!;
        var listed = Row().Matches(File.ReadAllText(Path.Combine(folder, "deploy", "event-ids.md"))).Select(row => $"{row.Groups[1].Value} {row.Groups[2].Value}");
        Assert.Equal(s_ids.OrderBy(id => id.Id).Select(id => $"{id.Id} {id.Name}"), listed);
    }

    [GeneratedRegex(@"^\| ([0-9]+) \| (\w+) \|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
