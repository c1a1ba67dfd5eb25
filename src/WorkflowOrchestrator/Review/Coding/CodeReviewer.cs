using System.Globalization;
using System.Text;
using OpenSpec;
using Workflow.Changes;
using Workflow.Review.Prompts;
using Workflow.Review.Reading;

namespace Workflow.Review.Coding;

/// <summary>
/// Checks a git diff against the requirements of a change: rules find the changed parts that name what a requirement is about; the model, when there is
/// one, judges one requirement a call from these parts. Without it each requirement says that rules judged it.
/// </summary>
internal sealed class CodeReviewer(ModelCaller caller, PromptLibrary prompts, TextFence fence)
{
    // Parts of the diff that one call is sent, in characters.
    private const int MostShown = 8_000;

    /// <summary>Reviews a diff.</summary>
    /// <param name="change">The change.</param>
    /// <param name="project">The project with its documents.</param>
    /// <param name="diff">What <c>git diff</c> printed.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<CodeReview> ReviewAsync(ChangeId change, OpenSpecProject project, string diff, CancellationToken cancellationToken)
    {
        var files = GitDiff.Parse(diff).Where(file => !file.Path.StartsWith("openspec/", StringComparison.Ordinal)).ToArray();
        var evidence = new CodeEvidence(files);
        var requirements = ReviewedChangeReader.Read(project, project.ReadChange(change.Value)).Requirements;
        var checks = new List<RequirementCheck>();
        var ungrounded = 0;
        string? fallback = null;
        foreach (var requirement in requirements)
        {
            var byRules = evidence.Check(requirement);
            var shown = Shown(evidence, requirement);
            switch (shown.Count == 0 ? null : await AskAsync(requirement, shown, cancellationToken))
            {
                case ModelReply<CodeReply>.Answered { Value: var reply, Model: var model }:
                    var (findings, dropped) = reply.Ground(shown);
                    ungrounded += dropped;
                    checks.Add(byRules with { Verdict = reply.Verdict, Tested = reply.Tested && byRules.Tested, Reviewer = model, Reason = reply.Reason, Findings = findings });
                    break;
                case ModelReply<CodeReply>.Unusable { Why: var why }:
                    fallback ??= why;
                    checks.Add(byRules);
                    break;
                case ModelReply<CodeReply>.Unavailable { Why: var why }:
                    fallback ??= why;
                    checks.Add(byRules);
                    break;
                default:
                    checks.Add(byRules); // nothing to show to a model
                    break;
            }
        }

        if (files.Length == 0)
            checks = [.. checks.Select(check => check with { Verdict = CodeVerdict.Unclear, Reason = "The range changes no file outside openspec/." })];
        return new CodeReview(files.Length, checks, ungrounded, fallback);
    }

    private Task<ModelReply<CodeReply>> AskAsync(ReviewedRequirement requirement, IReadOnlyList<DiffHunk> shown, CancellationToken cancellationToken)
    {
        var (block, parts) = (requirement.Block.Text, Numbered(shown));
        var text = $"Requirement\n{fence.Around("requirement", block)}\nDiff\n{fence.Around("diff", parts)}\nAnswer";
        return caller.AskAsync(new ModelCall(prompts.Get(PromptLibrary.ReviewCode), $"{block}\n{parts}", text) { Schema = CodeReply.Schema }, CodeReply.Read, cancellationToken);
    }

    private static List<DiffHunk> Shown(CodeEvidence evidence, ReviewedRequirement requirement)
    {
        var shown = new List<DiffHunk>();
        var left = MostShown;
        foreach (var hunk in evidence.Code(requirement).Take(8).Concat(evidence.Tests(requirement).Take(4)))
        {
            if (hunk.Size > left)
                continue;
            left -= hunk.Size;
            shown.Add(hunk);
        }

        return shown;
    }

    private static string Numbered(IReadOnlyList<DiffHunk> hunks)
    {
        var text = new StringBuilder();
        foreach (var hunk in hunks)
        {
            text.Append("file ").Append(hunk.Path).Append('\n');
            foreach (var line in hunk.Lines)
                text.Append(CultureInfo.InvariantCulture, $"{line.Number}| {line.Kind}{line.Text}\n");
        }

        return text.ToString().TrimEnd('\n');
    }
}
