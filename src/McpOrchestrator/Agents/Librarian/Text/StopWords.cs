namespace McpOrchestrator.Agents.Librarian.Text;

/// <summary>Words that carry no subject: they are in every text, or they are the frame of a question.</summary>
internal static class StopWords
{
    private static readonly HashSet<string> s_stems = Stems(
        """
        a an the this that these those it its they them their he she we you your our i me my us one ones
        is are was were be been being am do does did done doing has have had having
        will would shall should must may might can could cannot ought need needs
        not no nor and or but if then else than so as of at by for from in into on onto to up out off over under with without within about
        after before during between through against per via upon until while when whenever where wherever which what who whom whose why how
        there here also only just any all each every either neither both some such same other another own more most less least much many few
        very too again once ever never always already still yet etc eg ie
        don't doesn't isn't aren't what's that's it's
        """);

    // Words with which a question asks rather than what it asks about.
    private static readonly HashSet<string> s_frame = Stems(
        """
        say says said tell please exactly happen happens happened beyond unit units value values number numbers amount concrete specific
        limit limits maximum minimum max min threshold long often large big small high low far fast quick quickly soon
        second seconds minute minutes hour hours day days week weeks month months year years millisecond milliseconds ms
        byte bytes kb mb gb kilobytes megabytes percent percentage time times mean means meant define defined definition expected behaviour behavior
        system thing things way case cases kind kinds type use used get gets go goes give given given make made let allowed
        longest shortest largest smallest decided decide observed exactly items left open
        take takes took taken last lasts want wants come comes
        according following describe described exact question answer
        """);

    /// <summary>True for words without a subject of their own.</summary>
    internal static bool Contains(string stem) => s_stems.Contains(stem);

    /// <summary>True for words of the question's frame ("what is the limit …, in which unit"), which an answer need not repeat.</summary>
    internal static bool IsFrame(string stem) => s_frame.Contains(stem);

    private static HashSet<string> Stems(string words) =>
        [.. words.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(w => Words.StemOf(w))];
}
