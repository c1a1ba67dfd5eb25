using System.Text;
using System.Text.Json;
using OpenSpec.Validation;
using Workflow.Hosting;

namespace Workflow.Commands;

/// <summary>Writes validation reports: for people with file, line, rule and remedy; as JSON in the shape of <c>openspec validate --json</c> plus <c>rule</c>.</summary>
/// <param name="isJson">JSON instead of text.</param>
/// <param name="isStrict">Warnings make an item invalid, too.</param>
/// <param name="version">The OpenSpec whose rules count; null for the newest known.</param>
internal sealed class ValidateOutput(bool isJson, bool isStrict, Version? version)
{
    /// <summary>Writes the reports and gives the exit code.</summary>
    public int Write(string root, IReadOnlyList<ItemReport> reports, TimeSpan elapsed)
    {
        if (version is not null)
            reports = [.. reports.Select(report => report.AsOf(version))];
        using var stream = Console.OpenStandardOutput();
        if (isJson)
            WriteJson(stream, root, reports, elapsed);
        else
            WriteText(stream, reports);
        return reports.All(IsValid) ? ExitCodes.Done : ExitCodes.Failed;
    }

    private bool IsValid(ItemReport report) => isStrict ? report.StrictValid : report.Valid;

    private void WriteText(Stream stream, IReadOnlyList<ItemReport> reports)
    {
        var text = new StringBuilder();
        foreach (var report in reports)
        {
            text.Append(IsValid(report) ? "✓ " : "✗ ").Append(NameOf(report.Type)).Append('/').Append(report.Id).Append('\n');
            foreach (var issue in report.Issues)
                AppendIssue(text, issue);
            foreach (var fault in report.Faults)
                text.Append("  ! ").Append(fault.Message).Append('\n');
        }

        var failed = reports.Count(r => !IsValid(r));
        text.Append(reports.Count == 0 ? "There is nothing to validate.\n" : $"{reports.Count - failed} valid, {failed} invalid\n");
        stream.Write(Encoding.UTF8.GetBytes(text.ToString()));
    }

    private static void AppendIssue(StringBuilder text, ValidationIssue issue)
    {
        var mark = issue.Level switch { IssueLevel.Error => "✗ error", IssueLevel.Warning => "⚠ warning", _ => "ℹ info" };
        text.Append("  ").Append(mark).Append(' ').Append(issue.Rule).Append(' ');
        text.Append(issue.File is null ? issue.Path : "openspec/" + issue.File);
        if (issue.SourceLine is { } line)
            text.Append(':').Append(line);
        text.Append('\n').Append("    ").Append(issue.Message).Append('\n');
    }

    private void WriteJson(Stream stream, string root, IReadOnlyList<ItemReport> reports, TimeSpan elapsed)
    {
        using (var writer = new Utf8JsonWriter(stream, FaultOutput.Format))
            WriteJson(writer, root, reports, elapsed);
        stream.Write("\n"u8);
    }

    private void WriteJson(Utf8JsonWriter writer, string root, IReadOnlyList<ItemReport> reports, TimeSpan elapsed)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("items");
        foreach (var report in reports)
            WriteItem(writer, report, elapsed.TotalMilliseconds / reports.Count);
        writer.WriteEndArray();
        writer.WriteStartObject("summary");
        WriteCounts(writer, "totals", reports);
        writer.WriteStartObject("byType");
        foreach (var type in Enum.GetValues<ItemType>())
        {
            if (reports.Where(r => r.Type == type).ToArray() is { Length: > 0 } ofType)
                WriteCounts(writer, NameOf(type), ofType);
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteString("version", "1.0");
        writer.WriteStartObject("root");
        writer.WriteString("path", root);
        writer.WriteString("source", "nearest");
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private void WriteItem(Utf8JsonWriter writer, ItemReport report, double milliseconds)
    {
        writer.WriteStartObject();
        writer.WriteString("id", report.Id);
        writer.WriteString("type", NameOf(report.Type));
        writer.WriteBoolean("valid", IsValid(report));
        writer.WriteStartArray("issues");
        foreach (var issue in report.Issues)
        {
            writer.WriteStartObject();
            writer.WriteString("rule", issue.Rule);
            writer.WriteString("level", issue.Level switch { IssueLevel.Error => "ERROR", IssueLevel.Warning => "WARNING", _ => "INFO" });
            writer.WriteString("path", issue.Path);
            if (issue.Line is { } line)
                writer.WriteNumber("line", line);
            writer.WriteString("message", issue.Message);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteNumber("durationMs", Math.Round(milliseconds, 2));
        writer.WriteEndObject();
    }

    private void WriteCounts(Utf8JsonWriter writer, string name, IReadOnlyList<ItemReport> reports)
    {
        var failed = reports.Count(r => !IsValid(r));
        writer.WriteStartObject(name);
        writer.WriteNumber("items", reports.Count);
        writer.WriteNumber("passed", reports.Count - failed);
        writer.WriteNumber("failed", failed);
        writer.WriteEndObject();
    }

    private static string NameOf(ItemType type) => type == ItemType.Change ? "change" : "spec";
}
