using Workflow.Feedback.Statistics;

namespace Workflow.Feedback.Experiments;

/// <summary>An experiment under way. Disposing it puts the value before in force.</summary>
internal interface ITrial : IDisposable
{
    /// <summary>What follows from what was measured so far.</summary>
    TrialVerdict Verdict();

    /// <summary>What was measured: pairs of blocks, or items.</summary>
    int Measured { get; }

    /// <summary>What <see cref="Measured"/> counts.</summary>
    string Unit { get; }

    /// <summary>The gain so far, as a share.</summary>
    double Gain { get; }

    /// <summary>Share of the work under the present value that went wrong: where the guard starts from.</summary>
    double Baseline { get; }

    /// <summary>Goes on with what is due; returns at once.</summary>
    void Advance();
}
