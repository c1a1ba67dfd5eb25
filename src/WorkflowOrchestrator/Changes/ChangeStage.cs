namespace Workflow.Changes;

/// <summary>Where a revision stands on its way (design: "the way of a change"). Stored by name.</summary>
internal enum ChangeStage
{
    Detected,
    Reviewing,
    AwaitingAnswers,
    Drafting,
    AwaitingReview,
    Applying,
    Done,

    /// <summary>The human saved again: a newer revision took over.</summary>
    Superseded,

    /// <summary>Failed too often, or cannot be worked on: waits for the human or for a new revision; the reason is stored.</summary>
    Parked,
}

/// <summary>Who made a revision.</summary>
internal enum RevisionOrigin
{
    Human,
    Daemon,
}
