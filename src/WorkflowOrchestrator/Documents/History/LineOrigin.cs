using Workflow.Questions;

namespace Workflow.Documents.History;

/// <summary>One hand in the present wording of a line, newest first in <see cref="LineExplanation.Origins"/>.</summary>
internal abstract record LineOrigin
{
    private LineOrigin()
    {
    }

    /// <summary>An update wrote it, or changed it.</summary>
    /// <param name="By">The update: reason, model, commit, who approved it.</param>
    /// <param name="Questions">The questions whose answers the line says, with answer and evidence; none for a repair.</param>
    /// <param name="IsRestored">The update was an undo, which brought an older line back.</param>
    internal sealed record ByUpdate(UpdateRecord By, IReadOnlyList<QuestionView> Questions, bool IsRestored) : LineOrigin;

    /// <summary>People edited it.</summary>
    /// <param name="After">After this update; null: before the first one.</param>
    /// <param name="Before">Before this update; null: since the last one.</param>
    internal sealed record ByHuman(UpdateRecord? After, UpdateRecord? Before) : LineOrigin;
}

/// <summary>Why a line says what it says.</summary>
/// <param name="Path">The document.</param>
/// <param name="Line">The line, from 1.</param>
/// <param name="Text">The line.</param>
/// <param name="Origins">Newest first; the first wrote it as it stands now. Never empty.</param>
/// <param name="IsCut">Older versions are no longer kept: what came before is not known.</param>
internal sealed record LineExplanation(string Path, int Line, string Text, IReadOnlyList<LineOrigin> Origins, bool IsCut);
