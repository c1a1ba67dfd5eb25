using Workflow.Documents.Text;

namespace Workflow.Documents;

/// <summary>Whether a human edited the passage that a pending update would change. Pure.</summary>
internal static class SamePassage
{
    /// <summary>Says so, for people; null when the two do not touch.</summary>
    public static string? Find(IEnumerable<UndoSide> documents)
    {
        foreach (var document in documents)
        {
            if (document.Before is not { } before || document.After is not { } after || document.Now is not { } now || now == before)
                continue;
            switch (LineMerge.Merge(before, now, after))
            {
                case MergeResult.Conflicted:
                    return $"you edited the same passage of {document.Path} yourself";
                case MergeResult.Merged merged when merged.Text == now:
                    return $"you made the same edit of {document.Path} yourself";
            }
        }

        return null;
    }
}
