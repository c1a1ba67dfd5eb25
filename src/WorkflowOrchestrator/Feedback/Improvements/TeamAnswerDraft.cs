using System.Globalization;
using OpenSpec.Editing;
using Workflow.Feedback.Analyses;
using Workflow.Review.Prompts;

namespace Workflow.Feedback.Improvements;

/// <summary>
/// The OpenSpec change that proposes to write an answer down where the next one who asks finds it: a glossary entry for the meaning of a word, a main spec for
/// everything else. The daemon touches neither; a person does. Pure.
/// </summary>
internal static class TeamAnswerDraft
{
    /// <summary>Kind of the improvement for the meaning of a word.</summary>
    public const string Glossary = "glossary";

    /// <summary>Kind of the improvement for everything else.</summary>
    public const string MissingSpec = "missing_spec";

    private const int MaxQuestion = 300;
    private const int MaxAnswer = 600;

    public static Improvement Improvement(RecurringQuestion question, string environment, DateTimeOffset now)
    {
        var kind = question.IsAboutAWord ? Glossary : MissingSpec;
        return new Improvement(
            $"improve-answer-{question.Meaning[..8]}", $"{kind} {question.Meaning}", kind, question.IsAboutAWord ? "Explain a word in the glossary" : "Write an answer down in a main spec", ImprovementState.Proposed, 0, environment, now, now);
    }

    public static NewChange Change(Improvement improvement, RecurringQuestion question, DateOnly today)
    {
        var where = question.IsAboutAWord ? "the glossary in `openspec/config.yaml` (`context`)" : "a main spec under `openspec/specs/`";
        return new NewChange(
            improvement.Id,
            today,
            improvement.Title,
            string.Create(CultureInfo.InvariantCulture, $"The same question came back in {question.Changes} changes and was asked {question.Asked} times; no document answers it, so each time a person had to."),
            [$"The answer below goes into {where}; no requirement changes by this alone."],
            [],
            [new NewTaskGroup("Decide", [$"Write the answer into {where}, in the team's own words; verified by `openspec validate --all`", $"`wo improvement approve {improvement.Id}`, or `wo improvement revert {improvement.Id}` when it is better left to people; verified by `wo improvements`"])])
        {
            MoreSections =
            [
                ("Question", $"> {Quoted(question.Text, MaxQuestion)}"),
                ("Answer", $"> {Quoted(question.Answer, MaxAnswer)}"),
                ("Evidence", string.Create(CultureInfo.InvariantCulture, $"- changes: {question.Changes}\n- asked: {question.Asked}")),
                ("Undo", "Remove what was written."),
            ],
            Metadata = [(ImprovementDraft.OriginKey, ImprovementDraft.Origin), ("workflow_improvement", improvement.Id)],
        };
    }

    // The words of others, as one line that is no heading, comment or link.
    private static string Quoted(string text, int most) => StrictJson.Line(text, most).Replace("<", "\\<", StringComparison.Ordinal).Replace("[", "\\[", StringComparison.Ordinal).Replace("`", "'", StringComparison.Ordinal);
}
