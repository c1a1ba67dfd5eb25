namespace Workflow.Changes;

/// <summary>Which stage may follow which. Pure; the way of a change is in the design, these are its only roads.</summary>
internal static class StageTransitions
{
    /// <summary>Work is going on, or waits for somebody, or failed: a newer revision takes these over. Done and superseded ones are left alone.</summary>
    public static bool IsUnfinished(ChangeStage stage) => stage is not (ChangeStage.Done or ChangeStage.Superseded);

    /// <summary>The orchestrator has something to do now or after an answer.</summary>
    public static bool IsActive(ChangeStage stage) => IsUnfinished(stage) && stage != ChangeStage.Parked;

    public static bool IsLegal(ChangeStage from, ChangeStage to)
    {
        if (from == to)
            return true;
        return to switch
        {
            // A human asked for it again (wo process), or the bytes came back.
            ChangeStage.Detected => from is ChangeStage.Done or ChangeStage.Superseded or ChangeStage.Parked or ChangeStage.AwaitingAnswers or ChangeStage.AwaitingReview,
            ChangeStage.Reviewing => from is ChangeStage.Detected,

            // From Done: a late answer resumes the change.
            ChangeStage.AwaitingAnswers => IsWork(from) || from is ChangeStage.AwaitingReview or ChangeStage.Done,
            ChangeStage.Drafting => IsWork(from) || from is ChangeStage.AwaitingAnswers or ChangeStage.AwaitingReview or ChangeStage.Done,
            ChangeStage.AwaitingReview => from is ChangeStage.Drafting or ChangeStage.Applying or ChangeStage.AwaitingAnswers,
            ChangeStage.Applying => from is ChangeStage.Drafting or ChangeStage.AwaitingReview or ChangeStage.AwaitingAnswers,
            ChangeStage.Done => IsWork(from) || from is ChangeStage.AwaitingAnswers or ChangeStage.AwaitingReview,
            ChangeStage.Superseded or ChangeStage.Parked => IsUnfinished(from),
            _ => false,
        };
    }

    private static bool IsWork(ChangeStage stage) => stage is ChangeStage.Reviewing or ChangeStage.Drafting or ChangeStage.Applying;
}

/// <summary>A stage was set that cannot follow: a fault of the program.</summary>
internal sealed class IllegalStageException(ChangeId change, RevisionHash revision, ChangeStage from, ChangeStage to)
    : InvalidOperationException($"{change} {revision.Short}: {to} cannot follow {from}.");
