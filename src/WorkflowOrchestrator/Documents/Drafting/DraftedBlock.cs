using System.Text.Json;
using Workflow.Changes;
using Workflow.Storage;

namespace Workflow.Documents.Drafting;

/// <summary>A new text of a requirement, and what became of it.</summary>
/// <param name="Path">Its document, relative to the change's folder.</param>
/// <param name="Requirement">Its name.</param>
/// <param name="Inputs">Hash of everything that it was made from.</param>
/// <param name="BeforeHash">Hash of the block that it takes the place of.</param>
/// <param name="AfterHash">Hash of <paramref name="Text"/>.</param>
/// <param name="Text">The new block with LF line ends; empty when the model gave none.</param>
/// <param name="Refusal">Why it is only a suggestion; null when it may be written.</param>
/// <param name="Model">Who wrote it.</param>
/// <param name="FindingIds">What it mends.</param>
/// <param name="QuestionIds">The answers that it puts in.</param>
/// <param name="At">When.</param>
internal sealed record DraftedBlock(
    string Path,
    string Requirement,
    string Inputs,
    string BeforeHash,
    string AfterHash,
    string Text,
    string? Refusal,
    string Model,
    IReadOnlyList<string> FindingIds,
    IReadOnlyList<string> QuestionIds,
    DateTimeOffset At);

/// <summary>The drafts in the store: the same block with the same findings and answers is drafted once, also after a restart.</summary>
internal sealed class DraftedBlockStore(IStore store)
{
    /// <summary>Everything drafted for a change, oldest first.</summary>
    public IReadOnlyList<DraftedBlock> Of(ChangeId change) =>
        [.. store.Read(reader => reader.Query<Row>(
                """
                SELECT path AS Path, requirement AS Requirement, inputs AS Inputs, before_hash AS BeforeHash, after_hash AS AfterHash, text AS Text, refusal AS Refusal,
                       model AS Model, finding_ids AS FindingIds, question_ids AS QuestionIds, at AS At
                FROM drafted_block WHERE change_id = @Change ORDER BY seq
                """,
                new { Change = change.Value }))
            .Select(row => row.ToDraft())];

    /// <summary>Stores a draft and says so: <see cref="EventTypes.DraftMade"/> or <see cref="EventTypes.DraftSuggested"/>.</summary>
    public Task SaveAsync(ChangeId change, RevisionHash revision, DraftedBlock draft, CancellationToken cancellationToken) =>
        store.WriteAsync(
            transaction =>
            {
                var isNew = transaction.Execute(
                    """
                    INSERT INTO drafted_block(change_id, path, requirement, inputs, before_hash, after_hash, text, refusal, model, finding_ids, question_ids, at)
                    VALUES(@Change, @Path, @Requirement, @Inputs, @BeforeHash, @AfterHash, @Text, @Refusal, @Model, @Findings, @Questions, @At)
                    ON CONFLICT(change_id, path, requirement, inputs) DO NOTHING
                    """,
                    new
                    {
                        Change = change.Value,
                        draft.Path,
                        draft.Requirement,
                        draft.Inputs,
                        draft.BeforeHash,
                        draft.AfterHash,
                        draft.Text,
                        draft.Refusal,
                        draft.Model,
                        Findings = JsonSerializer.Serialize(draft.FindingIds),
                        Questions = JsonSerializer.Serialize(draft.QuestionIds),
                        At = draft.At.ToUnixTimeMilliseconds(),
                    }) > 0;
                if (isNew)
                    transaction.Append(new NewEvent(draft.Refusal is null ? EventTypes.DraftMade : EventTypes.DraftSuggested, change.Value, revision.Value, Data: new { path = draft.Path, why = draft.Refusal, model = draft.Model, findings = draft.FindingIds, questions = draft.QuestionIds }));
            },
            cancellationToken);

    private sealed class Row
    {
        public string Path { get; init; } = "";

        public string Requirement { get; init; } = "";

        public string Inputs { get; init; } = "";

        public string BeforeHash { get; init; } = "";

        public string AfterHash { get; init; } = "";

        public string Text { get; init; } = "";

        public string? Refusal { get; init; }

        public string Model { get; init; } = "";

        public string FindingIds { get; init; } = "[]";

        public string QuestionIds { get; init; } = "[]";

        public long At { get; init; }

        public DraftedBlock ToDraft() => new(
            Path,
            Requirement,
            Inputs,
            BeforeHash,
            AfterHash,
            Text,
            Refusal,
            Model,
            JsonSerializer.Deserialize<string[]>(FindingIds) ?? [],
            JsonSerializer.Deserialize<string[]>(QuestionIds) ?? [],
            DateTimeOffset.FromUnixTimeMilliseconds(At));
    }
}
