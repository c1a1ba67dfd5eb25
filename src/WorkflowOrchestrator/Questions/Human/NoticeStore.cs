using System.Text.Json;
using Workflow.Storage;

namespace Workflow.Questions.Human;

/// <summary>The SQL of notices. They are stored with the questions that they tell of, so a crash loses none; one may be sent twice, with the same id.</summary>
internal static class NoticeStore
{
    private const int MaxDue = 20;

    public static void Add(IStoreTransaction transaction, NoticeChannel channel, NoticeBody body, DateTimeOffset now) => transaction.Execute(
        "INSERT INTO notice(channel, body, due_at, state) VALUES (@Channel, @Body, @Now, 'Waiting')",
        new { Channel = channel.ToString(), Body = JsonSerializer.Serialize(body), Now = now.ToUnixTimeMilliseconds() });

    public static IReadOnlyList<Notice> Due(IStoreReader reader, DateTimeOffset now) =>
        [.. reader.Query<NoticeRow>(
            "SELECT id, channel, body, attempts FROM notice WHERE state = 'Waiting' AND due_at <= @Now ORDER BY due_at, id LIMIT @Limit",
            new { Now = now.ToUnixTimeMilliseconds(), Limit = MaxDue })
            .Select(row => new Notice(row.Id, Enum.Parse<NoticeChannel>(row.Channel), NoticeBody.Parse(row.Body), (int)row.Attempts))];

    /// <summary>When the next one is to be sent; null when none waits.</summary>
    public static DateTimeOffset? NextDue(IStoreReader reader) =>
        reader.First<long?>("SELECT min(due_at) FROM notice WHERE state = 'Waiting'") is { } at ? DateTimeOffset.FromUnixTimeMilliseconds(at) : null;

    /// <summary>Records how an attempt ended: delivered, to be tried again at <paramref name="again"/>, or given up.</summary>
    public static void Record(IStoreTransaction transaction, Notice notice, string? problem, DateTimeOffset? again) => transaction.Execute(
        "UPDATE notice SET attempts = attempts + 1, problem = @Problem, due_at = coalesce(@Again, due_at), state = @State WHERE id = @Id",
        new
        {
            notice.Id,
            Problem = problem,
            Again = again?.ToUnixTimeMilliseconds(),
            State = problem is null ? "Delivered" : again is null ? "GivenUp" : "Waiting",
        });

    private sealed class NoticeRow
    {
        public long Id { get; init; }

        public string Channel { get; init; } = "";

        public string Body { get; init; } = "";

        public long Attempts { get; init; }
    }
}
