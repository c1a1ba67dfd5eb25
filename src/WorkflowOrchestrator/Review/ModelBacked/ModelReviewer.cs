using System.Diagnostics.Metrics;
using Workflow.Hosting;
using Workflow.Hosting.Tunables;
using Workflow.Review.BuiltIn;
using Workflow.Review.Prompts;

namespace Workflow.Review.ModelBacked;

/// <summary>
/// The rules, and a model that confirms or dismisses their hits and adds its own findings: one requirement or section a call, in the order of the
/// documents, so that the calls share their beginning. What the model says is data: read strictly, kept only where its quote stands in the text. Without a
/// model, or where its answers are none, the rules' review stands, and the review says so.
/// </summary>
internal sealed class ModelReviewer(ModelCaller caller, PromptLibrary prompts, TextFence fence, FindingStore findings, OrchestratorSettings settings, ITunables tunables, ILogger<ModelReviewer> logger) : IChangeReviewer
{
    private const float Temperature = 0.1f;

    private static readonly Counter<long> Ungrounded =
        Instruments.Meter.CreateCounter<long>("workflow_orchestrator_findings_ungrounded_total", description: "Findings of models that were dropped because their quote is not in the text.");

    private static readonly Counter<long> Fallbacks =
        Instruments.Meter.CreateCounter<long>("workflow_orchestrator_review_fallbacks_total", description: "Reviews that rules made, in whole or in part, because no model answered.");

    public async Task<ChangeReview> ReviewAsync(ReviewRequest request, CancellationToken cancellationToken)
    {
        var rules = BuiltInReviewer.Read(request, cancellationToken);
        var run = new ReviewRun(request, rules, ReviewSections.Of(rules.Change));
        if (run.Sections.Count == 0)
            return Finish(run);
        var prompt = new SectionPrompt(fence, rules.Change, findings.DismissedExamples(tunables.Integer(Tunable.DismissedExamples, run.Item)));
        foreach (var section in run.Sections)
            await ReviewAsync(run, section, prompt, cancellationToken);
        await ProbeAsync(run, cancellationToken);
        return Finish(run);
    }

    private async Task ReviewAsync(ReviewRun run, ReviewSection section, SectionPrompt prompt, CancellationToken cancellationToken)
    {
        if (run.Asked + run.FromStore >= settings.Review.MaxModelSections)
        {
            run.Fallback ??= $"review.max_model_sections is {settings.Review.MaxModelSections}";
            return;
        }

        var own = run.Drafts.Where(section.Holds).ToArray();
        var hints = own.Where(SectionFindings.IsHint).OrderByDescending(draft => draft.Severity).ThenBy(draft => draft.Line).ThenBy(draft => draft.RuleId, StringComparer.Ordinal).Take(SectionReply.MaxHints).ToArray();
        var call = new ModelCall(prompts.Get(PromptLibrary.SectionReview), $"{run.Request.Replay}{section.Kind}\n{section.Text}\n{SectionPrompt.Hints(section, hints)}", prompt.For(section, hints))
        {
            Schema = SectionReply.Schema,
            Temperature = Temperature,
            PrefixKey = prompt.PrefixKey,
            Run = run.Name,
            IsBackground = run.Request.Replay.Length > 0,
            CachedOnly = run.Request.FromStoreOnly || run.IsModelGone,
        };
        var reply = await AskAsync(run, call, SectionReply.Read, cancellationToken);
        if (reply is not ModelReply<SectionReply>.Answered { Value: var answer })
        {
            run.Unanswered.Add(section);
            return;
        }

        var isAimed = own.Any(draft => Finding.IsAimedAtReviewer(draft.RuleId));
        run.Apply(hints, SectionFindings.Of(section, hints, answer, mayDismiss: !isAimed));
    }

    // Ambiguity: where words may have several readings, the model restates the requirement several times.
    private async Task ProbeAsync(ReviewRun run, CancellationToken cancellationToken)
    {
        var samples = tunables.Integer(Tunable.AmbiguitySamples, run.Item);
        if (samples < 2)
            return;
        foreach (var section in AmbiguityProbe.Candidates(run.Sections.Except(run.Unanswered), run.Drafts))
        {
            var readings = new List<Restatement>();
            for (var sample = 1; sample <= samples; sample++)
            {
                var call = AmbiguityProbe.Call(prompts.Get(PromptLibrary.Restate), fence, section, sample) with { Run = run.Name, IsBackground = run.Request.Replay.Length > 0, CachedOnly = run.Request.FromStoreOnly || run.IsModelGone };
                if (await AskAsync(run, call, Restatement.Read, cancellationToken, counts: false) is ModelReply<Restatement>.Answered { Value: var reading })
                    readings.Add(reading);
            }

            if (AmbiguityProbe.Finding(section, readings) is { } finding)
            {
                run.Drafts.Add(finding);
                run.Ambiguous++;
            }
        }
    }

    /// <summary>Asks, and waits once for a model that is lost in the middle.</summary>
    private async Task<ModelReply<T>> AskAsync<T>(ReviewRun run, ModelCall call, Func<string, T> read, CancellationToken cancellationToken, bool counts = true)
    {
        var reply = await caller.AskAsync(call, read, cancellationToken);
        if (reply is ModelReply<T>.Unavailable && !call.CachedOnly)
        {
            if (await caller.WaitAsync(cancellationToken))
                reply = await caller.AskAsync(call, read, cancellationToken);
            run.IsModelGone = reply is ModelReply<T>.Unavailable;
        }

        switch (reply)
        {
            case ModelReply<T>.Answered answered:
                run.Model = answered.Model;
                run.Asked += counts && !answered.FromStore ? 1 : 0;
                run.FromStore += counts && answered.FromStore ? 1 : 0;
                run.Waited += answered.Timing?.Waited ?? TimeSpan.Zero;
                run.Called += answered.Timing is { } timing ? timing.Total - timing.Waited : TimeSpan.Zero;
                break;
            case ModelReply<T>.Unusable unusable:
                run.Unusable += counts ? 1 : 0;
                run.Fallback ??= $"an answer of the model could not be used: {StrictJson.Line(unusable.Why, 160)}";
                break;
            case ModelReply<T>.Unavailable unavailable:
                run.Fallback ??= StrictJson.Line(unavailable.Why, 160);
                break;
        }

        return reply;
    }

    private ChangeReview Finish(ReviewRun run)
    {
        if (run.Request.FromStoreOnly)
            run.KeepKnown();
        var facts = new ReviewFacts(run.Model ?? ReviewFacts.BuiltIn)
        {
            Sections = run.Sections.Count,
            Asked = run.Asked,
            FromStore = run.FromStore,
            Unanswered = run.Unusable,
            DismissedHints = run.Dismissed,
            Ambiguous = run.Ambiguous,
            CallMilliseconds = (long)run.Called.TotalMilliseconds,
            WaitMilliseconds = (long)run.Waited.TotalMilliseconds,
            Fallback = run.Unanswered.Count > 0 || run.Model is null ? run.Fallback : null,
        };
        var review = BuiltInReviewer.Conclude(run.Request, run.Rules with { Drafts = run.Drafts }, facts, run.Ungrounded);
        if (run.Request.FromStoreOnly)
            return review;
        if (run.Ungrounded > 0)
        {
            Ungrounded.Add(run.Ungrounded);
            logger.LogInformation(ReviewEventIds.UngroundedDropped, "{Change}: {Count} findings of {Model} quote text that is not there; they are dropped", run.Request.Change, run.Ungrounded, run.Model);
        }

        if (facts.Fallback is not null && (run.Asked > 0 || run.Unusable > 0 || caller.IsReady))
        {
            Fallbacks.Add(1);
            logger.LogWarning(ReviewEventIds.FellBack, "{Change}: {Sections} of {All} sections are reviewed by rules alone: {Why}", run.Request.Change, run.Unanswered.Count, run.Sections.Count, facts.Fallback);
        }

        return review;
    }

    /// <summary>One review on its way.</summary>
    private sealed class ReviewRun(ReviewRequest request, RuleReview rules, IReadOnlyList<ReviewSection> sections)
    {
        public ReviewRequest Request => request;

        public RuleReview Rules => rules;

        public IReadOnlyList<ReviewSection> Sections => sections;

        public string Item { get; } = $"{request.Change} {request.Revision}";

        public string Name { get; } = $"review-{request.Change}-{request.Revision.Short}";

        public List<FindingDraft> Drafts { get; } = [.. rules.Drafts];

        public List<ReviewSection> Unanswered { get; } = [];

        public string? Model { get; set; }

        public bool IsModelGone { get; set; }

        public string? Fallback { get; set; }

        public int Asked { get; set; }

        public int FromStore { get; set; }

        public int Unusable { get; set; }

        public int Ungrounded { get; private set; }

        public int Dismissed { get; private set; }

        public int Ambiguous { get; set; }

        public TimeSpan Called { get; set; }

        public TimeSpan Waited { get; set; }

        public void Apply(IReadOnlyList<FindingDraft> hints, SectionFindings answer)
        {
            foreach (var hint in hints)
                Drafts.Remove(hint);
            Drafts.AddRange(answer.Drafts);
            Ungrounded += answer.Ungrounded;
            Dismissed += answer.Dismissed;
        }

        // What the model said about a section that has another text now stands as long as the words that it quoted do.
        public void KeepKnown()
        {
            foreach (var known in request.Known.Where(known => SectionFindings.IsModels(known.RuleId)))
            {
                var stands = rules.Texts.TryGetValue(known.Path, out var text) && text.Text.Contains(known.Quote, StringComparison.Ordinal);
                var isThere = Drafts.Exists(draft => draft.RuleId == known.RuleId && draft.Path == known.Path && draft.Quote == known.Quote);
                if (stands && !isThere)
                    Drafts.Add(new FindingDraft(known.RuleId, known.Severity, known.Path, known.Quote, known.Message) { Line = known.Line, Suggestion = known.Suggestion, Capability = known.Capability, Requirement = known.Requirement, Question = known.Question });
            }
        }
    }
}
