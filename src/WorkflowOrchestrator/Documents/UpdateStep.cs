namespace Workflow.Documents;

/// <summary>What came of one step of an update.</summary>
internal abstract record UpdateStep
{
    private UpdateStep()
    {
    }

    /// <summary>Nothing more to do for the daemon by itself.</summary>
    internal sealed record Finished : UpdateStep;

    /// <summary>Not now; try again later.</summary>
    /// <param name="Dependency">Whose health it is: see <see cref="DocumentHealth"/>.</param>
    /// <param name="Why">For people.</param>
    /// <param name="Remedy">What a person can do.</param>
    /// <param name="CountsAsFailure">Repeated, it gives up (a hook that refuses); else it waits for as long as it takes.</param>
    internal sealed record Waits(string Dependency, string Why, string Remedy, bool CountsAsFailure = false) : UpdateStep
    {
        /// <summary>A short wait in the ordinary course: nothing that anybody has to hear of.</summary>
        public bool IsOrdinary { get; init; }

        /// <summary>Git does not answer: asking it for the next update would take as long again.</summary>
        public bool IsSilence { get; init; }

        public static Waits Ordinary(string why) => new(DocumentHealth.Documents, why, "Nothing to do: it goes on by itself.") { IsOrdinary = true };
    }
}

/// <summary>Names of the dependencies whose health this room reports.</summary>
internal static class DocumentHealth
{
    public const string Git = "git";

    /// <summary>The documents and the state folder: space, permission.</summary>
    public const string Documents = "documents";

    /// <summary>Degraded while every update is held back because too many were rejected or taken back.</summary>
    public const string Breaker = "update_breaker";
}
