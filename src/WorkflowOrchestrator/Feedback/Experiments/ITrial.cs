using Workflow.Feedback.Statistics;

namespace Workflow.Feedback.Experiments;

/// <summary>What people see of the experiment that runs now.</summary>
/// <param name="Improvement">The improvement that is tried.</param>
/// <param name="Measured">Pairs of blocks, or items.</param>
/// <param name="Most">After so many it is decided.</param>
/// <param name="Unit">What <paramref name="Measured"/> counts.</param>
/// <param name="Gain">The gain so far, as a share.</param>
internal sealed record RunningTrial(string Improvement, int Measured, int Most, string Unit, double Gain);

/// <summary>An experiment under way. Disposing it puts the value before in force.</summary>
internal interface ITrial : IDisposable
{
    /// <summary>What follows from what was measured so far.</summary>
    TrialVerdict Verdict();

    /// <summary>What was measured: pairs of blocks, or items.</summary>
    int Measured { get; }

    /// <summary>Greatest <see cref="Measured"/>: then it is decided.</summary>
    int Most { get; }

    /// <summary>What <see cref="Measured"/> counts.</summary>
    string Unit { get; }

    /// <summary>The gain so far, as a share.</summary>
    double Gain { get; }

    /// <summary>Share of the work under the present value that went wrong: where the guard starts from.</summary>
    double Baseline { get; }

    /// <summary>Goes on with what is due; returns at once.</summary>
    void Advance();
}
