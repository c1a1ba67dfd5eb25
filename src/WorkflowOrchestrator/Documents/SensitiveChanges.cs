using System.Text.RegularExpressions;
using Workflow.Documents.Text;

namespace Workflow.Documents;

/// <summary>What an update does to one document that a person would want to see first.</summary>
/// <param name="Path">The document.</param>
/// <param name="Kinds">Removal, rename, rewrite; none when it is harmless.</param>
/// <param name="What">Said for people; null when it is harmless.</param>
/// <param name="LosesNotes">A person's notes in <c>review.md</c> would change.</param>
internal sealed record SensitiveChange(DocumentPath Path, UpdateKinds Kinds, string? What, bool LosesNotes = false);

/// <summary>Sees from the texts alone what is removed, renamed or rewritten, whatever the plan says that it is. Pure.</summary>
internal static partial class SensitiveChanges
{
    // A text of fewer lines is too short for its share of changed lines to mean anything.
    private const int MinLinesForRewrite = 6;

    /// <summary>Looks at one document.</summary>
    /// <param name="file">The document before and after.</param>
    /// <param name="maxShare">A greater share of changed lines is a rewrite.</param>
    public static SensitiveChange Of(PreparedFile file, double maxShare)
    {
        if (file.TextBefore is not { } before)
            return new SensitiveChange(file.Path, UpdateKinds.None, null);
        if (file.Path.IsReview)
            return new SensitiveChange(file.Path, UpdateKinds.None, null, LosesNotes: file.TextAfter is { } report && ReportNotes.Of(before) != ReportNotes.Of(report));
        if (file.TextAfter is not { } after)
            return new SensitiveChange(file.Path, UpdateKinds.Removal, $"{file.Path} is removed");
        return Headings(file.Path, before, after) ?? Tasks(file.Path, before, after) ?? Lines(file.Path, before, after, maxShare) ?? new SensitiveChange(file.Path, UpdateKinds.None, null);
    }

    private static SensitiveChange? Headings(DocumentPath path, string before, string after)
    {
        var (gone, came) = Difference(Titles(before), Titles(after));
        if (gone.Count == 0)
            return null;
        return came.Count >= gone.Count
            ? new SensitiveChange(path, UpdateKinds.Rename, $"{path}: '{gone[0]}' becomes '{came[0]}'")
            : new SensitiveChange(path, UpdateKinds.Removal, $"{path}: '{gone[0]}' is removed");
    }

    private static SensitiveChange? Tasks(DocumentPath path, string before, string after)
    {
        var (gone, came) = Difference(TaskTexts(before), TaskTexts(after));
        return gone.Count > came.Count ? new SensitiveChange(path, UpdateKinds.Removal, $"{path}: the task '{gone[0]}' is removed") : null;
    }

    private static SensitiveChange? Lines(DocumentPath path, string before, string after, double maxShare)
    {
        var lines = TextLines.Split(before);
        var changes = LineDiff.Compare(lines, TextLines.Split(after));
        var removed = changes.Where(change => change.NewCount == 0).SelectMany(change => lines[change.OldStart..change.OldEnd]).FirstOrDefault(line => !string.IsNullOrWhiteSpace(line));
        if (removed is not null)
            return new SensitiveChange(path, UpdateKinds.Removal, $"{path}: '{Shorten(removed)}' is removed");
        var touched = changes.Sum(change => change.OldCount);
        return lines.Length >= MinLinesForRewrite && touched > maxShare * lines.Length
            ? new SensitiveChange(path, UpdateKinds.Rewrite, $"{path}: {touched} of its {lines.Length} lines are rewritten; document_updates.max_share is {maxShare.ToString(System.Globalization.CultureInfo.InvariantCulture)}")
            : null;
    }

    // Titles without level, type, punctuation and the plural of a section title, so that mending a heading's form is neither removal nor rename.
    private static IEnumerable<string> Titles(string text) => HeadingLine().Matches(text).Select(match => match.Groups[1].Value.Trim());

    private static string FormOf(string title)
    {
        var letters = new string([.. title.Where(char.IsLetterOrDigit)]).ToLowerInvariant();
        return letters is "addedrequirement" or "modifiedrequirement" or "removedrequirement" or "renamedrequirement" ? letters + "s" : letters;
    }

    // Tasks without box and number, so that ticking and renumbering are no removal.
    private static IEnumerable<string> TaskTexts(string text) => TaskLine().Matches(text).Select(match => match.Groups[1].Value.Trim());

    private static (List<string> Gone, List<string> Came) Difference(IEnumerable<string> before, IEnumerable<string> after)
    {
        var came = after.ToList();
        var gone = new List<string>();
        foreach (var title in before)
        {
            var same = came.FindIndex(candidate => candidate == title || FormOf(candidate) == FormOf(title));
            if (same < 0)
                gone.Add(title);
            else
                came.RemoveAt(same);
        }

        return (gone, came);
    }

    private static string Shorten(string line) => line.Trim() is { Length: > 80 } longer ? longer[..80] + "…" : line.Trim();

    [GeneratedRegex(@"^#{1,6}[ \t]*([^#\s][^\r\n]*?)[ \t]*#*[ \t]*\r?$", RegexOptions.Multiline)]
    private static partial Regex HeadingLine();

    [GeneratedRegex(@"^[ \t]*(?:[-*+]|[0-9]{1,9}[.)])[ \t]*\[[^\]\r\n]?\][ \t]*(?:[0-9]+(?:\.[0-9]+)+[A-Za-z]*[ \t]+)?([^\r\n]*)", RegexOptions.Multiline)]
    private static partial Regex TaskLine();
}
