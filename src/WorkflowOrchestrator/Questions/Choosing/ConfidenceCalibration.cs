namespace Workflow.Questions.Choosing;

/// <summary>How often answers were right of which an agent was about so sure.</summary>
/// <param name="Bin">Tenth of the stated confidence, 0 to 9.</param>
/// <param name="Correct">Confirmed by a person.</param>
/// <param name="Wrong">Put right by a person.</param>
internal sealed record CalibrationBin(int Bin, int Correct, int Wrong);

/// <summary>
/// Makes of the confidence that an agent states the share of right answers to expect: what it says counts as ten observations, what people said about its
/// answers of that confidence as one each. So an agent without a history is believed, and one that is always sure and often wrong is not. Pure.
/// </summary>
internal static class ConfidenceCalibration
{
    public const int Bins = 10;
    private const double WordOfAgent = 10;

    public static int BinOf(double stated) => Math.Clamp((int)(Math.Clamp(stated, 0, 1) * Bins), 0, Bins - 1);

    /// <param name="stated">What the agent says, 0 to 1.</param>
    /// <param name="history">Its bins; missing ones are empty.</param>
    /// <summary>The confidence to work with, 0 to 1.</summary>
    public static double Calibrate(double stated, IReadOnlyList<CalibrationBin> history)
    {
        stated = double.IsFinite(stated) ? Math.Clamp(stated, 0, 1) : 0;
        var bin = history.FirstOrDefault(candidate => candidate.Bin == BinOf(stated));
        if (bin is null)
            return stated;
        var seen = bin.Correct + bin.Wrong;
        return ((WordOfAgent * stated) + bin.Correct) / (WordOfAgent + seen);
    }
}
