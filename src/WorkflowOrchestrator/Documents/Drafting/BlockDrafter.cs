using System.Globalization;
using System.Text;
using OpenSpec.Editing;
using Workflow.Changes;
using Workflow.Review.Prompts;

namespace Workflow.Documents.Drafting;

/// <summary>
/// Has the model reword requirements, one a call, as plain text; has a second call judge whether the text keeps the intent; and lets through only what
/// that call, the fixed rules of <see cref="BlockGuard"/> and OpenSpec's validation all agree with. The rest is a suggestion. Each outcome is stored, so
/// nothing is drafted twice.
/// </summary>
internal sealed class BlockDrafter(ModelCaller caller, PromptLibrary prompts, TextFence fence, DraftedBlockStore drafts, TimeProvider time)
{
    private const float Temperature = 0.2f;
    private const int MostTokens = 2048;

    /// <summary>Everything drafted for a change so far.</summary>
    public IReadOnlyList<DraftedBlock> Earlier(ChangeId change) => drafts.Of(change);

    /// <summary>Drafts what has not been drafted; without a model nothing new comes of it.</summary>
    /// <param name="change">The change.</param>
    /// <param name="revision">The revision that the work is about.</param>
    /// <param name="work">The requirements.</param>
    /// <param name="validate">Why a new text of a requirement would make the change worse; null when it would not.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<IReadOnlyList<DraftedBlock>> DraftAsync(
        ChangeId change, RevisionHash revision, IReadOnlyList<BlockWork> work, Func<BlockWork, string, string?> validate, CancellationToken cancellationToken)
    {
        var known = drafts.Of(change).ToLookup(draft => (draft.Path, draft.Requirement, draft.Inputs));
        var result = new List<DraftedBlock>();
        foreach (var block in work)
        {
            var inputs = InputsOf(block);
            var draft = known[(block.Path, block.Name, inputs)].FirstOrDefault();
            if (draft is null && await DraftAsync(block, inputs, validate, cancellationToken) is { } made)
            {
                await drafts.SaveAsync(change, revision, made, cancellationToken);
                draft = made;
            }

            if (draft is not null)
                result.Add(draft);
        }

        return result;
    }

    private async Task<DraftedBlock?> DraftAsync(BlockWork block, string inputs, Func<BlockWork, string, string?> validate, CancellationToken cancellationToken)
    {
        var call = new ModelCall(prompts.Get(PromptLibrary.DraftBlock), inputs, DraftText(block))
        {
            Temperature = Temperature,
            MaxOutputTokens = Math.Clamp(block.Text.Length / 2 + 512, 768, MostTokens),
        };
        switch (await caller.AskAsync(call, BlockText.Read, cancellationToken))
        {
            case ModelReply<string>.Answered { Value: var text, Model: var model }:
                var refusal = BlockGuard.Refusal(block.Text, text, [.. block.Answers.Select(view => view.Answer!.Text)]) ?? validate(block, text);
                if (refusal is null && await CheckAsync(block, text, cancellationToken) is { } verdict)
                {
                    if (verdict.Length == 0)
                        return null; // the model is gone: the question whether it may be written stays open
                    refusal = verdict;
                }

                return Draft(block, inputs, text, refusal, model);
            case ModelReply<string>.Unusable { Why: var why }:
                return Draft(block, inputs, "", $"the model gave no text: {why}", "none");
            default:
                return null;
        }
    }

    // Null: it keeps the intent. Empty: nobody could be asked.
    private async Task<string?> CheckAsync(BlockWork block, string text, CancellationToken cancellationToken)
    {
        var material = new StringBuilder();
        material.Append("Old text\n").Append(fence.Around("old", block.Text)).Append("\nAnswers\n").Append(fence.Around("answers", Answers(block)));
        material.Append("\nNew text\n").Append(fence.Around("new", text)).Append("\nAnswer");
        var call = new ModelCall(prompts.Get(PromptLibrary.CheckBlock), $"{block.Text}\n{Answers(block)}\n{text}", material.ToString()) { Schema = IntentCheck.Schema, MaxOutputTokens = 512 };
        return await caller.AskAsync(call, IntentCheck.Read, cancellationToken) switch
        {
            ModelReply<IntentCheck>.Answered { Value: var check } => check.Refusal,
            ModelReply<IntentCheck>.Unusable => "whether it keeps the intent could not be checked",
            _ => "",
        };
    }

    private DraftedBlock Draft(BlockWork block, string inputs, string text, string? refusal, string model) => new(
        block.Path,
        block.Name,
        inputs,
        block.Hash,
        TextEdits.Hash(text),
        text,
        refusal,
        model,
        [.. block.Findings.Select(finding => finding.Id)],
        [.. block.Answers.Select(view => view.Question.Id.Value)],
        time.GetUtcNow());

    private string DraftText(BlockWork block)
    {
        var text = new StringBuilder();
        text.Append("Markers: ").Append(BlockText.Begin).Append(" and ").Append(BlockText.End).Append('\n');
        text.Append("Requirement\n").Append(fence.Around("requirement", block.Text)).Append('\n');
        text.Append("Problems\n").Append(fence.Around("problems", Problems(block))).Append('\n');
        text.Append("Answers\n").Append(fence.Around("answers", Answers(block))).Append("\nYou write");
        return text.ToString();
    }

    private string InputsOf(BlockWork block) =>
        TextEdits.Hash(string.Join('\u0001', prompts.Get(PromptLibrary.DraftBlock).Hash, prompts.Get(PromptLibrary.CheckBlock).Hash, block.Text, Problems(block), Answers(block)));

    private static string Problems(BlockWork block) =>
        string.Join('\n', block.Findings.Select((finding, i) => string.Create(CultureInfo.InvariantCulture, $"{i + 1}. \"{StrictJson.Line(finding.Quote, 200)}\": {StrictJson.Line(finding.Message, 200)} {StrictJson.Line(finding.Suggestion ?? "", 200)}")));

    // With its evidence: the words of the repository that the answer stands on.
    private static string Answers(BlockWork block) =>
        block.Answers.Count == 0
            ? "none"
            : string.Join('\n', block.Answers.Select((view, i) => string.Create(CultureInfo.InvariantCulture, $"{i + 1}. {StrictJson.Line(view.Question.Text, 300)} {StrictJson.Line(view.Answer!.Text, 1000)}{Evidence(view)}")));

    private static string Evidence(Questions.QuestionView view) =>
        string.Concat(view.Answer!.Evidence.Take(2).Select(evidence => $" [{evidence.Path}: \"{StrictJson.Line(evidence.Quote, 200)}\"]"));
}
