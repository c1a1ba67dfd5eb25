namespace Platform.Models.Admission;

/// <summary>A call that waits for its turn.</summary>
/// <param name="Lane">Who waits.</param>
/// <param name="Tokens">Prompt and answer together.</param>
/// <param name="PrefixKey">Beginning that it shares with others.</param>
/// <param name="Overtaken">How often a later one of its lane, or a smaller one, was let in before it.</param>
internal sealed record WaitingCall(ModelLane Lane, long Tokens, string? PrefixKey, int Overtaken);

/// <summary>Decides who goes next. Pure.</summary>
internal static class AdmissionPlanner
{
    /// <summary>After this many others a waiting call is served before anybody else of its lane, and nobody overtakes it.</summary>
    public const int Patience = 8;

    /// <summary>
    /// The index of the call to let in, or null. A human's lane goes before review, review before background. Within a lane: who has waited too
    /// often, then who continues a beginning that the server has just read, then the first. A call that does not fit lets smaller ones pass, but
    /// not for ever.
    /// </summary>
    /// <param name="waiting">In order of arrival.</param>
    /// <param name="freeTokens">Tokens that still fit the context pool.</param>
    /// <param name="warmPrefixes">Beginnings in the server's cache, the newest last.</param>
    public static int? Next(IReadOnlyList<WaitingCall> waiting, long freeTokens, IReadOnlyList<string> warmPrefixes)
    {
        for (var lane = ModelLane.Human; lane <= ModelLane.Background; lane++)
        {
            int? best = null;
            for (var index = 0; index < waiting.Count; index++)
            {
                var call = waiting[index];
                if (call.Lane != lane)
                    continue;
                var fits = call.Tokens <= freeTokens;
                if (call.Overtaken >= Patience)
                    return fits ? index : null; // nobody passes it any more: the pool empties until it fits
                if (fits && (best is null || (!IsWarm(waiting[best.Value], warmPrefixes) && IsWarm(call, warmPrefixes))))
                    best = index;
            }

            if (best is not null)
                return best;
        }

        return null;
    }

    private static bool IsWarm(WaitingCall call, IReadOnlyList<string> warmPrefixes) => call.PrefixKey is { } key && warmPrefixes.Contains(key);
}
