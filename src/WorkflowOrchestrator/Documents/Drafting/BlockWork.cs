using OpenSpec.Documents;
using OpenSpec.Editing;
using Workflow.Questions;
using Workflow.Review;
using Workflow.Review.Rules;

namespace Workflow.Documents.Drafting;

/// <summary>A requirement that is to be reworded, and why.</summary>
/// <param name="Path">Its document, relative to the change's folder.</param>
/// <param name="Name">Its name; there is one such requirement in the document.</param>
/// <param name="Text">The block with LF line ends.</param>
/// <param name="Findings">What shall be mended.</param>
/// <param name="Answers">What is decided about it.</param>
internal sealed record BlockWork(string Path, string Name, string Text, IReadOnlyList<Finding> Findings, IReadOnlyList<QuestionView> Answers)
{
    public string Hash => TextEdits.Hash(Text);
}

/// <summary>Chooses what is worth drafting. Pure.</summary>
internal static class BlockWorkPlanner
{
    // Each costs two calls, and a person has to be able to read what one update does.
    private const int MostBlocks = 6;

    /// <summary>
    /// Requirements with an open finding that its accepted answer settles, or that needs no answer to be mended. What an earlier draft has put in already
    /// is left out; so is a requirement whose text, or answer, gives instructions to the model.
    /// </summary>
    /// <param name="texts">Documents by path, mechanical repairs applied.</param>
    /// <param name="findings">The findings of the revision.</param>
    /// <param name="questions">Its questions.</param>
    /// <param name="earlier">What was drafted before for this change.</param>
    public static IReadOnlyList<BlockWork> Of(
        IReadOnlyDictionary<string, string> texts, IReadOnlyList<TrackedFinding> findings, IReadOnlyList<QuestionView> questions, IReadOnlyList<DraftedBlock> earlier)
    {
        var answers = questions.Where(view => view.Answer is not null && view.Question.FindingId is not null).ToLookup(view => view.Question.FindingId!, StringComparer.Ordinal);
        var work = new List<BlockWork>();
        foreach (var (path, text) in texts.Where(pair => pair.Key.StartsWith("specs/", StringComparison.Ordinal)).OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            var here = findings.Where(tracked => tracked.Status == FindingStatus.Open && tracked.Finding.Path == path && tracked.Finding.Requirement is not null).Select(tracked => tracked.Finding).ToArray();
            if (here.Length == 0)
                continue;
            foreach (var block in Unique(RequirementEditor.RequirementsOf(text)))
            {
                if (Work(path, block, here, answers, earlier) is { } found)
                    work.Add(found);
            }
        }

        return [.. work.OrderByDescending(block => block.Answers.Count).Take(MostBlocks)];
    }

    private static BlockWork? Work(string path, Requirement block, Finding[] findings, ILookup<string, QuestionView> answers, IReadOnlyList<DraftedBlock> earlier)
    {
        var own = findings.Where(finding => finding.Requirement == block.Name).ToArray();
        if (own.Length == 0 || HiddenInstructionRule.IsAimed(block.Text))
            return null;
        var hash = TextEdits.Hash(block.Text);
        var done = earlier.Where(draft => draft.Path == path && draft.Requirement == block.Name && draft.AfterHash == hash).SelectMany(draft => draft.FindingIds).ToHashSet(StringComparer.Ordinal);
        var mended = own.Where(finding => !done.Contains(finding.Id) && IsMendable(finding, answers)).ToArray();
        var used = mended.SelectMany(finding => answers[finding.Id]).Where(view => IsUsable(view.Answer!)).ToArray();
        return mended.Length == 0 ? null : new BlockWork(path, block.Name, block.Text, mended, used);
    }

    private static bool IsMendable(Finding finding, ILookup<string, QuestionView> answers)
    {
        if (Finding.IsAimedAtReviewer(finding.RuleId) || finding.RuleId.StartsWith("openspec-", StringComparison.Ordinal))
            return false;
        if (finding.Question is null)
            return finding.Severity == FindingSeverity.Warning && finding.Quote.Length > 0 && finding.Suggestion is not null;
        return answers[finding.Id].Any(view => IsUsable(view.Answer!));
    }

    // What a person says is material whatever it looks like; what an agent says may have been put into its mouth by a document.
    internal static bool IsUsable(Answer answer) => answer.IsHuman || !HiddenInstructionRule.IsAimed(answer.Text);

    private static IEnumerable<Requirement> Unique(IReadOnlyList<Requirement> blocks) =>
        blocks.GroupBy(block => block.Name, StringComparer.Ordinal).Where(group => group.Count() == 1).Select(group => group.First());
}
