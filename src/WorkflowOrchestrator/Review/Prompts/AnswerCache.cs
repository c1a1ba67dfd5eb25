using OpenSpec.Editing;
using Workflow.Storage;

namespace Workflow.Review.Prompts;

/// <summary>
/// What models have said, by section, prompt, model and parameters: an unchanged section is never sent twice, also after a restart. Only answers that
/// their reader found valid are stored, and they are read by the same reader again: the store is no way around a check.
/// </summary>
internal sealed class AnswerCache(IStore store, TimeProvider time)
{
    // An answer is 1 kB or so; the least used go when there are more.
    private const int MaxAnswers = 50_000;

    /// <summary>The stored answer of a model; of any model, the newest, when <paramref name="model"/> is null.</summary>
    public (string Model, string Text)? Find(ModelCall call, string? model) =>
        store.Read(reader => reader.First<Row>(
            """
            SELECT model AS Model, answer AS Answer FROM model_answer
            WHERE section = @Section AND prompt = @Prompt AND parameters = @Parameters AND (@Model IS NULL OR model = @Model)
            ORDER BY at DESC LIMIT 1
            """,
            new { Section = SectionOf(call), Prompt = call.Prompt.Hash, call.Parameters, Model = model })) is { } row
            ? (row.Model, row.Answer)
            : null;

    /// <summary>What identifies an answer.</summary>
    public static string KeyOf(ModelCall call, string model) => string.Join('\n', SectionOf(call), call.Prompt.Hash, model, call.Parameters);

    public Task SaveAsync(ModelCall call, string model, string answer, CancellationToken cancellationToken) =>
        store.WriteAsync(
            transaction =>
            {
                transaction.Execute(
                    """
                    INSERT INTO model_answer(section, prompt, model, parameters, kind, answer, at) VALUES(@Section, @Prompt, @Model, @Parameters, @Kind, @Answer, @At)
                    ON CONFLICT(section, prompt, model, parameters) DO UPDATE SET answer = excluded.answer, at = excluded.at
                    """,
                    new { Section = SectionOf(call), Prompt = call.Prompt.Hash, Model = model, call.Parameters, Kind = call.Prompt.Name, Answer = answer, At = time.GetUtcNow().ToUnixTimeMilliseconds() });
                transaction.Execute("DELETE FROM model_answer WHERE rowid IN (SELECT rowid FROM model_answer ORDER BY at DESC LIMIT -1 OFFSET @MaxAnswers)", new { MaxAnswers });
            },
            cancellationToken);

    private static string SectionOf(ModelCall call) => TextEdits.Hash(call.Section);

    private sealed class Row
    {
        public string Model { get; init; } = "";

        public string Answer { get; init; } = "";
    }
}
