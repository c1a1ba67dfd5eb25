using System.Globalization;
using Workflow.Storage;

namespace Workflow.Feedback.Analyses;

/// <summary>A question that came back in several changes and that only a person could answer.</summary>
/// <param name="Meaning">Equal for questions that mean the same.</param>
/// <param name="Text">As it was asked last.</param>
/// <param name="Answer">What a person answered last.</param>
/// <param name="Changes">Changes in which it was asked.</param>
/// <param name="Asked">How often it was asked.</param>
internal sealed record RecurringQuestion(string Meaning, string Text, string Answer, int Changes, int Asked)
{
    /// <summary>It asks for the meaning of a word: a glossary answers it; everything else a main spec.</summary>
    public bool IsAboutAWord =>
        Text.StartsWith("what does ", StringComparison.OrdinalIgnoreCase) || Text.StartsWith("what is meant by ", StringComparison.OrdinalIgnoreCase) || Text.Contains(" mean by ", StringComparison.OrdinalIgnoreCase);
}

/// <summary>Finds questions that come back: their answer belongs into the team's own documents, where agents and authors find it.</summary>
internal sealed class RecurringQuestionReader(IStore store)
{
    /// <summary>Changes in which a question is asked before it is a pattern.</summary>
    public const int MinChanges = 3;

    /// <summary>Kind of the insight that becomes a proposal for a glossary or a main spec.</summary>
    public const string Kind = "recurring_question";

    // More than people would read at a time.
    private const int Most = 20;

    /// <summary>The most frequent ones. Questions about the daemon's own changes do not count.</summary>
    public IReadOnlyList<RecurringQuestion> Read() => store.Read(reader => (IReadOnlyList<RecurringQuestion>)[.. reader.Query<Row>(
        """
        SELECT q.sketch AS Meaning, max(q.id), q.text AS Text, count(DISTINCT q.change_id) AS Changes, count(*) AS Asked,
               (SELECT a.text FROM answer a JOIN question h ON h.id = a.question_id WHERE h.sketch = q.sketch AND a.accepted = 1 AND a.route = 'human' ORDER BY a.id DESC LIMIT 1) AS Answer
        FROM question q
        WHERE q.sketch IS NOT NULL AND q.change_id IS NOT NULL AND q.change_id NOT IN (SELECT id FROM improvement)
        GROUP BY q.sketch HAVING Changes >= @MinChanges AND Answer IS NOT NULL
        ORDER BY Changes DESC, Meaning LIMIT @Most
        """,
        new { MinChanges, Most }).Select(row => new RecurringQuestion(row.Meaning, row.Text, row.Answer, (int)row.Changes, (int)row.Asked))]);

    /// <summary>The insights. Pure.</summary>
    public static IEnumerable<Insight> Find(IReadOnlyList<RecurringQuestion> questions) => questions.Select(question => new Insight(
        AnalysisNames.Usage,
        Kind,
        question.Meaning,
        string.Create(CultureInfo.InvariantCulture, $"The same question was asked {question.Asked} times in {question.Changes} changes, and only a person could answer it: {question.Text}"),
        [new Fact("changes", question.Changes, ""), new Fact("asked", question.Asked, "")]));

    private sealed class Row
    {
        public string Meaning { get; init; } = "";

        public string Text { get; init; } = "";

        public string Answer { get; init; } = "";

        public long Changes { get; init; }

        public long Asked { get; init; }
    }
}
