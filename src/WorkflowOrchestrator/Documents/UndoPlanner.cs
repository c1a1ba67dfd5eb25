using OpenSpec.Editing;
using Workflow.Documents.Text;

namespace Workflow.Documents;

/// <summary>One document of an update that is to be taken back.</summary>
/// <param name="Path">The document.</param>
/// <param name="Before">Its text before the update.</param>
/// <param name="After">Its text after the update; null when the update deleted it.</param>
/// <param name="HashNow">SHA-256 of its bytes now; null when it is not there.</param>
/// <param name="Now">Its text now; null when it is not there, or not UTF-8.</param>
internal sealed record UndoSide(DocumentPath Path, string? Before, string? After, string? HashNow, string? Now)
{
    /// <summary>Whether it was there before the update.</summary>
    public bool Existed { get; init; }

    /// <summary>Whether its text before the update is still kept.</summary>
    public bool IsKept { get; init; }
}

/// <summary>What taking an update back comes to.</summary>
internal abstract record UndoPlan
{
    private UndoPlan()
    {
    }

    internal sealed record Edits(IReadOnlyList<FileEdit> Files) : UndoPlan;

    /// <summary>Later changes touch the same places: by document, the text with both sides marked.</summary>
    internal sealed record Conflict(IReadOnlyDictionary<string, string> Documents) : UndoPlan;

    internal sealed record Nothing(string Why) : UndoPlan;
}

/// <summary>
/// Takes an update back by three-way merge: from the document after the update to the document before it, carried over to the document as it is.
/// What others changed elsewhere stays; where both changed, nothing at all is done. The report is left alone: it is generated again anyway. Pure.
/// </summary>
internal static class UndoPlanner
{
    public static UndoPlan Plan(UpdateRecord update, IReadOnlyList<UndoSide> sides)
    {
        var files = new List<FileEdit>();
        var conflicts = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var side in sides.Where(side => !side.Path.IsReview || sides.All(other => other.Path.IsReview)))
        {
            switch (PlanOne(side))
            {
                case (null, { } conflict):
                    conflicts[side.Path.Value] = conflict;
                    break;
                case ({ } edit, _):
                    files.Add(edit);
                    break;
            }
        }

        if (conflicts.Count > 0)
            return new UndoPlan.Conflict(conflicts);
        return files.Count == 0 ? new UndoPlan.Nothing($"update {update.Id} left nothing that could be taken back: its documents have been changed back already") : new UndoPlan.Edits(files);
    }

    private static (FileEdit? Edit, string? Conflict) PlanOne(UndoSide side)
    {
        if (!side.IsKept)
            return (null, "The document as it was before the update is no longer kept.");
        if (side.HashNow is null)
            return side.Existed && side.After is null ? (new FileEdit.Whole(side.Path, null, side.Before!), null) : (null, null);
        if (side.Now is null)
            return (null, "The document is not UTF-8 any more.");
        if (!side.Existed)
            return side.Now == side.After ? (new FileEdit.Delete(side.Path, side.HashNow), null) : (null, UnifiedDiff.Between(side.Path.Value, side.After, side.Now));
        return LineMerge.Merge(side.After ?? "", side.Now, side.Before!) switch
        {
            MergeResult.Merged merged when merged.Text == side.Now => (null, null),
            MergeResult.Merged merged => (new FileEdit.Whole(side.Path, side.HashNow, merged.Text), null),
            MergeResult.Conflicted conflicted => (null, conflicted.Text),
            _ => throw new InvalidOperationException("Unknown merge result."),
        };
    }
}
