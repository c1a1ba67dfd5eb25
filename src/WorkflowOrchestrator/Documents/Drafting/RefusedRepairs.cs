using OpenSpec.Editing;
using Workflow.Documents.Text;

namespace Workflow.Documents.Drafting;

/// <summary>
/// What a person has said no to, by rejecting or undoing updates of a change: a repair that would make the same lines of the same lines is not made again,
/// wherever they stand by now. Pure.
/// </summary>
internal sealed class RefusedRepairs
{
    private readonly Dictionary<string, LineChange> _refused = new(StringComparer.Ordinal);

    /// <summary>Notes a document of an update that was rejected or undone.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="before">Its text without the update.</param>
    /// <param name="after">Its text with the update.</param>
    public void Add(string path, string before, string after)
    {
        var change = LineChange.Between(before, after);
        if (_refused.TryGetValue(path, out var known))
        {
            known.Removed.UnionWith(change.Removed);
            known.Added.UnionWith(change.Added);
        }
        else
        {
            _refused[path] = change;
        }
    }

    /// <summary>Whether a repair has been refused.</summary>
    /// <param name="repair">The repair.</param>
    /// <param name="text">The document as it is.</param>
    public bool Contains(DraftedRepair repair, string text)
    {
        if (!_refused.TryGetValue(repair.Path, out var refused) || TextEdits.Apply(text, repair.Edits) is not EditOutcome.Edited { Text: var after })
            return false;
        var change = LineChange.Between(text, after);
        return change.Removed.Count + change.Added.Count > 0 && change.Removed.IsSubsetOf(refused.Removed) && change.Added.IsSubsetOf(refused.Added);
    }

    /// <summary>Lines, with their ends, that one text has more often than the other.</summary>
    private sealed record LineChange(HashSet<string> Removed, HashSet<string> Added)
    {
        public static LineChange Between(string before, string after)
        {
            var surplus = new Dictionary<string, int>(StringComparer.Ordinal);
            foreach (var line in TextLines.Split(after))
                surplus[line] = surplus.GetValueOrDefault(line) + 1;
            foreach (var line in TextLines.Split(before))
                surplus[line] = surplus.GetValueOrDefault(line) - 1;
            HashSet<string> Lines(Func<int, bool> counts) => surplus.Where(pair => counts(pair.Value)).Select(pair => pair.Key).ToHashSet(StringComparer.Ordinal);
            return new LineChange(Lines(count => count < 0), Lines(count => count > 0));
        }
    }
}
