using EndToEndTests.Harness;
using Testing;
using Workflow.Feedback.Improvements;
using Workflow.Hosting.Tunables;
using Workflow.Storage;

namespace EndToEndTests.Dashboard;

/// <summary>A store with a past: an improvement that was kept, with the work before and after it, one that was dropped, and one that waits.</summary>
internal static class SeededImprovements
{
    private const int MinutesBefore = 60;
    private const int MinutesAfter = 90;

    public static async Task WriteAsync(ServedRepository served)
    {
        Directory.CreateDirectory(served.StateFolder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var time = new FakeTime(TimeProvider.System.GetUtcNow() - TimeSpan.FromMinutes(MinutesBefore + MinutesAfter));
        await using var store = SqliteStore.Open(Path.Combine(served.StateFolder, "store.db"), time, new EventHub());
        await AddAsync(store, time, "improve-question-slots", Improvement.TunableKind, "Route more questions at the same time", 0.25);
        for (var minute = 0; minute < MinutesBefore + MinutesAfter; minute++)
        {
            if (minute == MinutesBefore)
                await MoveAsync(store, time, "improve-question-slots", ImprovementState.Guarded, 0.41);
            await store.WriteAsync(transaction =>
            {
                for (var i = 0; i < (minute < MinutesBefore ? 4 + (minute % 3) : 6 + (minute % 4)); i++)
                    transaction.Append(new NewEvent(EventTypes.QuestionAnswered, Subject: $"q-past-{minute}-{i}", Data: new { route = "librarian", delay_ms = 900 }));
            });
            time.Advance(TimeSpan.FromMinutes(1));
        }

        await MoveAsync(store, time, "improve-question-slots", ImprovementState.Kept, 0.41);
        await AddAsync(store, time, "improve-change-slots", Improvement.TunableKind, "Work on more changes at the same time", 0.15, Tunable.MaxConcurrentChanges.Name, 4, 6);
        await MoveAsync(store, time, "improve-change-slots", ImprovementState.Dropped, -0.03);
        await AddAsync(store, time, "improve-team-rule", "team-rule", "Make a rule of what your team accepts", 0.1, tunable: null);
        await MoveAsync(store, time, "improve-team-rule", ImprovementState.Waiting, null);
    }

    private static Task AddAsync(SqliteStore store, FakeTime time, string id, string kind, string title, double gain, string? tunable = "question_routing.max_concurrent_questions", double from = 10, double to = 14) =>
        store.WriteAsync(transaction =>
        {
            var now = time.GetUtcNow();
            ImprovementStore.Insert(transaction, new Improvement(id, $"of {id}", kind, title, ImprovementState.Proposed, gain, "test", now, now)
            {
                Tunable = tunable,
                From = tunable is null ? null : from,
                To = tunable is null ? null : to,
            });
        });

    private static Task MoveAsync(SqliteStore store, FakeTime time, string id, ImprovementState state, double? gain) => store.WriteAsync(transaction =>
    {
        ImprovementStore.SetState(transaction, id, state, gain is null ? null : $"{gain:+0.0%;-0.0%} over 12 pairs of blocks, e-value 44 (needed 40)", time.GetUtcNow(), gain);
        if (state is ImprovementState.Kept or ImprovementState.Dropped)
            ImprovementStore.SetUpdate(transaction, id, "", written: 2);
    });
}
