using System.Text;
using OpenSpec.Editing;
using Workflow.Documents.Text;

namespace Workflow.Documents;

/// <summary>Shows a plan that was never worked out against its document (it was superseded or refused before): the replaced texts alone.</summary>
internal static class PlannedDiff
{
    public static string Of(FileEdit edit) => edit switch
    {
        FileEdit.Whole whole => UnifiedDiff.Between(edit.Path.Value, null, whole.Text),
        FileEdit.Patch patch => Of(patch),
        _ => $"--- a/{edit.Path}\n+++ /dev/null\n",
    };

    private static string Of(FileEdit.Patch patch)
    {
        var diff = new StringBuilder($"--- a/{patch.Path}\n+++ b/{patch.Path}\n");
        foreach (var edit in patch.Edits)
        {
            diff.Append($"@@ at character {edit.Start} @@\n");
            AppendLines(diff, '-', edit.ExpectedText);
            AppendLines(diff, '+', edit.NewText);
        }

        return diff.ToString();
    }

    private static void AppendLines(StringBuilder diff, char mark, string text)
    {
        foreach (var line in TextLines.Split(text))
            diff.Append(mark).Append(line.TrimEnd('\r', '\n')).Append('\n');
    }
}
