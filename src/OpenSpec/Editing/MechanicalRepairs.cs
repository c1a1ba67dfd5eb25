using System.Text;
using OpenSpec.Documents;
using OpenSpec.Merging;
using OpenSpec.Validation;

namespace OpenSpec.Editing;

/// <summary>
/// Repairs of mechanical faults in a change: headings of the wrong level or with a typing error, a missing last line end, task numbers that
/// are used twice or do not fit their group. Only what has one certain remedy is proposed, and only when the change as a whole gets better by
/// it: each proposal has been applied in memory and validated.
/// </summary>
public static class MechanicalRepairs
{
    /// <summary>Up to this many repairs each is weighed on its own, which takes a validation each time; more are taken or left by file.</summary>
    private const int MaxWeighedOneByOne = 48;

    /// <summary>The repairs of a change, each path's edits by position; they can be applied together or one by one.</summary>
    public static IReadOnlyList<MechanicalRepair> For(IOpenSpecFiles files, string changeId, OpenSpecOptions? options = null)
    {
        var project = new OpenSpecProject(files, options);
        var documents = project.ReadChange(changeId);
        var lineEnds = LastLineEnds(documents).ToArray();
        var candidates = Candidates(documents).ToList();
        if (candidates.Count == 0)
            return lineEnds;
        var trial = new Trial(files, changeId, options, documents);
        return [.. trial.Choose(candidates), .. lineEnds];
    }

    /// <summary>The change's documents with repairs applied: path to new text.</summary>
    public static IReadOnlyDictionary<string, string> Apply(ChangeDocuments documents, IEnumerable<MechanicalRepair> repairs)
    {
        var texts = Texts(documents).ToDictionary(t => t.Path, t => t.Text, StringComparer.Ordinal);
        var result = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var group in repairs.GroupBy(r => r.Path, StringComparer.Ordinal))
        {
            if (TextEdits.Apply(texts[group.Key], group.SelectMany(r => r.Edits)) is EditOutcome.Edited edited)
                result[group.Key] = edited.Text;
        }

        return result;
    }

    private static IEnumerable<MechanicalRepair> Candidates(ChangeDocuments documents)
    {
        foreach (var delta in documents.DeltaSpecs.Where(d => d.Document.IsIntact))
        {
            foreach (var repair in new HeadingRepairs(delta.Document).Find())
                yield return repair;
        }

        foreach (var repair in TaskNumberRepairs.Find(documents.TaskFiles))
            yield return repair;
    }

    private static IEnumerable<MechanicalRepair> LastLineEnds(ChangeDocuments documents) => Texts(documents)
        .Where(t => t.Text.Length > 0 && t.Text != "\ufeff" && t.Text[^1] is not ('\n' or '\r') && t.Path.EndsWith(".md", StringComparison.Ordinal))
        .Select(t => new MechanicalRepair("F2", t.Path, [new(t.Text.Length, "", LineEnds.Of(t.Text))], "The file does not end with a line end; one is added."));

    /// <summary>The documents that may be repaired.</summary>
    private static IEnumerable<(string Path, string Text)> Texts(ChangeDocuments documents)
    {
        if (documents.Proposal is { IsIntact: true } proposal)
            yield return (proposal.Path, proposal.Text);
        if (documents.Design is { IsIntact: true } design)
            yield return (design.Path, design.Text);
        foreach (var tasks in documents.TaskFiles.Where(t => t.IsIntact))
            yield return (tasks.Path, tasks.Text);
        foreach (var delta in documents.DeltaSpecs.Where(d => d.Document.IsIntact))
            yield return (delta.Document.Path, delta.Document.Text);
    }

    /// <summary>Applies candidates in memory and keeps those that make the change better.</summary>
    private sealed class Trial(IOpenSpecFiles files, string changeId, OpenSpecOptions? options, ChangeDocuments documents)
    {
        public MechanicalRepair[] Choose(List<MechanicalRepair> candidates)
        {
            var before = Measure([]);
            var chosen = new List<MechanicalRepair>();
            var best = before;
            // Together first: a heading may only make sense with the scenario below it. Then file by file, then one by one.
            Extend(chosen, candidates, ref best);
            foreach (var group in candidates.Except(chosen).GroupBy(c => c.Path, StringComparer.Ordinal).ToArray())
                Extend(chosen, group, ref best);
            // What one repair is worth depends on the others. Each round makes the score better, so this ends.
            var isFew = candidates.Count <= MaxWeighedOneByOne;
            do
            {
                if (!isFew)
                    break;
                Reduce(chosen, ref best);
            }
            while (ExtendByOne(chosen, candidates, ref best));
            return chosen.Count == 0 || best.IsWorseToArchiveThan(before) ? [] : candidates.Where(chosen.Contains).ToArray();
        }

        private bool Extend(List<MechanicalRepair> chosen, IEnumerable<MechanicalRepair> more, ref Score best)
        {
            var trial = chosen.Concat(more).ToList();
            if (trial.Count == chosen.Count || Measure(trial) is var score && score.CompareTo(best) >= 0)
                return false;
            chosen.Clear();
            chosen.AddRange(trial);
            best = score;
            return true;
        }

        private bool ExtendByOne(List<MechanicalRepair> chosen, List<MechanicalRepair> candidates, ref Score best)
        {
            foreach (var candidate in candidates.Except(chosen).ToArray())
            {
                if (Extend(chosen, [candidate], ref best))
                    return true;
            }

            return false;
        }

        /// <summary>Takes out again what the change is better without, or no worse.</summary>
        private void Reduce(List<MechanicalRepair> chosen, ref Score best)
        {
            foreach (var repair in chosen.ToArray())
            {
                if (chosen.Count == 1)
                    return;
                var score = Measure([.. chosen.Where(c => c != repair)]);
                if (score.CompareTo(best) > 0)
                    continue;
                chosen.Remove(repair);
                best = score;
            }
        }

        private Score Measure(IReadOnlyList<MechanicalRepair> repairs)
        {
            var changes = Apply(documents, repairs).ToDictionary(c => c.Key, c => (ReadOnlyMemory<byte>?)Encoding.UTF8.GetBytes(c.Value), StringComparer.Ordinal);
            var project = new OpenSpecProject(new OverlayFiles(files, changes), options);
            return new(project.ValidateChange(changeId).Issues, project.DryRunArchive(changeId) is ArchiveOutcome.Clean);
        }
    }

    /// <summary>How bad a change is: errors weigh most, then what archiving would refuse, then warnings, then remarks.</summary>
    private readonly record struct Score(int Errors, int Refusals, int Warnings, int Remarks, bool CanBeArchived) : IComparable<Score>
    {
        public Score(IReadOnlyList<ValidationIssue> issues, bool canBeArchived)
            : this(
                issues.Count(i => i.Level == IssueLevel.Error),
                issues.Count(i => i.Rule == "C12"),
                issues.Count(i => i.Level == IssueLevel.Warning),
                issues.Count(i => i.Level == IssueLevel.Info && i.Rule != "C12"),
                canBeArchived)
        {
        }

        public int CompareTo(Score other) =>
            (Errors, Refusals, Warnings, Remarks).CompareTo((other.Errors, other.Refusals, other.Warnings, other.Remarks));

        public bool IsWorseToArchiveThan(Score before) => before.CanBeArchived && !CanBeArchived;
    }
}
