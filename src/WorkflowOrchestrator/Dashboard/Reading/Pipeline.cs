using Workflow.Changes;

namespace Workflow.Dashboard.Reading;

/// <summary>The steps that a change passes, as people see them.</summary>
internal enum PipelineStep
{
    Detected,
    Reviewed,
    Questions,
    Answered,
    Updated,
    Done,
}

/// <summary>How a change stands at a step.</summary>
internal enum StepState
{
    /// <summary>Not yet.</summary>
    Ahead,

    /// <summary>The daemon is at it.</summary>
    Working,

    /// <summary>A person is waited for.</summary>
    Waiting,

    /// <summary>It cannot go on.</summary>
    Blocked,

    /// <summary>Was not needed.</summary>
    Skipped,

    /// <summary>Behind it.</summary>
    Passed,
}

/// <summary>What the pipeline is drawn from.</summary>
/// <param name="Stage">Stage of the revision that the work is about.</param>
/// <param name="IsReviewed">Whether it was reviewed.</param>
/// <param name="Asked">Questions that were asked about it and not withdrawn.</param>
/// <param name="Answered">Those with an answer.</param>
/// <param name="ForHuman">Those that only a person can answer.</param>
/// <param name="Written">Updates that were applied.</param>
/// <param name="Held">Updates that wait for a person.</param>
internal sealed record PipelineFacts(ChangeStage Stage, bool IsReviewed, int Asked, int Answered, int ForHuman, int Written, int Held);

/// <summary>One step of a change's way.</summary>
internal sealed record PipelinePart(PipelineStep Step, StepState State, string? Note);

/// <summary>Where a change stands on its way. Pure.</summary>
internal static class Pipeline
{
    /// <summary>All steps in order.</summary>
    public static IReadOnlyList<PipelinePart> Of(PipelineFacts facts) =>
    [
        new(PipelineStep.Detected, IsBlockedAtStart(facts) ? StepState.Blocked : StepState.Passed, null),
        new(PipelineStep.Reviewed, Review(facts), null),
        new(PipelineStep.Questions, Asking(facts), facts.Asked > 0 ? $"{facts.Asked}" : null),
        new(PipelineStep.Answered, Answering(facts), facts.Asked > 0 ? $"{facts.Answered} of {facts.Asked}" : null),
        new(PipelineStep.Updated, Updating(facts), facts.Held > 0 ? $"{facts.Held} held" : facts.Written > 0 ? $"{facts.Written}" : null),
        new(PipelineStep.Done, facts.Stage == ChangeStage.Done ? StepState.Passed : StepState.Ahead, null),
    ];

    /// <summary>The step at which a change stands: the last that it has behind it, or the one at which it waits.</summary>
    public static PipelineStep Place(IReadOnlyList<PipelinePart> parts)
    {
        var place = PipelineStep.Detected;
        foreach (var part in parts)
        {
            if (part.State is StepState.Waiting or StepState.Blocked)
                return part.Step;
            if (part.State == StepState.Passed)
                place = part.Step;
        }

        return place;
    }

    private static bool IsBlockedAtStart(PipelineFacts facts) => facts.Stage == ChangeStage.Parked && !facts.IsReviewed;

    private static StepState Review(PipelineFacts facts) => facts.Stage switch
    {
        ChangeStage.Reviewing => StepState.Working,
        ChangeStage.Detected or ChangeStage.Superseded => StepState.Ahead,
        ChangeStage.Parked => facts.IsReviewed ? StepState.Passed : StepState.Ahead,
        _ => StepState.Passed,
    };

    private static StepState Asking(PipelineFacts facts) =>
        Review(facts) != StepState.Passed ? StepState.Ahead : facts.Asked > 0 ? StepState.Passed : StepState.Skipped;

    private static StepState Answering(PipelineFacts facts)
    {
        if (Asking(facts) is StepState.Ahead or StepState.Skipped)
            return Asking(facts);
        if (facts.Answered >= facts.Asked)
            return StepState.Passed;
        return facts.ForHuman > 0 ? StepState.Waiting : facts.Stage is ChangeStage.Done ? StepState.Skipped : StepState.Working;
    }

    private static StepState Updating(PipelineFacts facts)
    {
        if (Review(facts) != StepState.Passed)
            return StepState.Ahead;
        if (facts.Held > 0)
            return StepState.Waiting;
        return facts.Stage switch
        {
            ChangeStage.Parked => StepState.Blocked,
            ChangeStage.Drafting or ChangeStage.Applying or ChangeStage.AwaitingReview => StepState.Working,
            ChangeStage.Done => facts.Written > 0 ? StepState.Passed : StepState.Skipped,
            _ => StepState.Ahead,
        };
    }
}
