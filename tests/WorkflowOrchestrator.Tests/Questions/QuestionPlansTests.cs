using System.Data.Common;
using Workflow.Changes;
using Workflow.Questions;
using Workflow.Storage;

namespace Workflow.Tests.Questions;

/// <summary>What is done for every question costs the same with a hundred thousand stored ones: SQLite walks through no table for it.</summary>
public sealed class QuestionPlansTests
{
    [Fact]
    public async Task QueriesForEveryQuestion_OfAnyKind_SearchByIndex()
    {
        await using var room = new QuestionRoom();
        var change = ChangeId.Parse("add-upload");
        var first = await room.Desk.AskQuestionAsync(new NewQuestion("Which limit applies to uploads?", "agent") { ChangeId = change });
        await room.Desk.SubmitAnswerAsync(first.Id, QuestionRoom.FromHuman("10 MB"));
        var second = await room.Desk.AskQuestionAsync(new NewQuestion("Which limit applies to downloads?", "agent"));
        var seen = room.Store.Read(reader =>
        {
            var planned = new PlannedReader(reader);
            _ = QuestionStore.Find(planned, first.Id);
            _ = QuestionStore.FindOfChange(planned, change, first.Fingerprint);
            _ = QuestionStore.Waiting(planned, change, first.Fingerprint, first.Sketch, null, 20);
            _ = QuestionStore.Waiting(planned, null, first.Fingerprint, null, null, 20);
            _ = QuestionStore.WithSketch(planned, first.Sketch!, change, waiting: true, 20);
            _ = QuestionStore.WithSketch(planned, first.Sketch!, change, waiting: false, 20);
            _ = QuestionStore.HasConversation(planned, first.ConversationId);
            _ = QuestionStore.IsFollowUp(planned, second with { ConversationId = first.ConversationId });
            _ = QuestionStore.FollowersOf(planned, first.Id);
            _ = QuestionStore.OfRevision(planned, change, new RevisionHash(new string('0', 64)));
            _ = QuestionStore.Queued(planned, [first.Id.Value, second.Id.Value]);
            _ = QuestionStore.Queue(planned, 5);
            _ = QuestionStore.List(planned, new QuestionFilter([], null, null, 50), 50);
            Assert.Single(AnswerStore.ToSameWords(planned, first, 10));
            _ = AnswerStore.Of(planned, first.Id);
            return planned.Plans;
        });
        Assert.NotEmpty(seen);
        Assert.DoesNotContain(seen, plan => plan.Details.Any(IsWalk));
    }

    // In the order of an index and with a limit is how the newest are listed; anything else that begins with SCAN reads all there is.
    private static bool IsWalk(string detail) =>
        (detail.StartsWith("SCAN question", StringComparison.Ordinal) || detail.StartsWith("SCAN answer", StringComparison.Ordinal) || detail.StartsWith("SCAN event", StringComparison.Ordinal))
        && detail is not "SCAN question USING INDEX sqlite_autoindex_question_1";

    /// <summary>Answers as the store does, and notes how SQLite finds the answer.</summary>
    private sealed class PlannedReader(IStoreReader reader) : IStoreReader
    {
        private readonly List<(string Sql, IReadOnlyList<string> Details)> _plans = [];

        public IReadOnlyList<(string Sql, IReadOnlyList<string> Details)> Plans => _plans;

        public IReadOnlyList<T> Query<T>(string sql, object? parameters = null)
        {
            Note(sql, parameters);
            return reader.Query<T>(sql, parameters);
        }

        public T? First<T>(string sql, object? parameters = null)
        {
            Note(sql, parameters);
            return reader.First<T>(sql, parameters);
        }

        public IReadOnlyList<T> Query<T>(string sql, object? parameters, Func<DbDataReader, T> map)
        {
            Note(sql, parameters);
            return reader.Query(sql, parameters, map);
        }

        public IReadOnlyList<T> QueryById<T>(string sql, string id, Func<DbDataReader, T> map)
        {
            Note(sql, new { Id = id });
            return reader.QueryById(sql, id, map);
        }

        public void ScanEvents(long after, DateTimeOffset? since, EventVisitor visit) => throw new NotSupportedException();

        private void Note(string sql, object? parameters) => _plans.Add((sql, [.. reader.Query<Step>("EXPLAIN QUERY PLAN " + sql, parameters).Select(step => step.Detail)]));

        private sealed class Step
        {
            public string Detail { get; init; } = "";
        }
    }
}
