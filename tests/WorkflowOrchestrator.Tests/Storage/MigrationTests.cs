using System.Diagnostics;
using Microsoft.Data.Sqlite;
using Platform.Sqlite;
using Workflow.Hosting;
using Workflow.Questions;
using Workflow.Storage;
using Workflow.Tests.Questions;

namespace Workflow.Tests.Storage;

/// <summary>Fault 7: the process is killed while it brings the schema up to date.</summary>
public sealed class MigrationTests
{
    [Fact]
    public async Task Kill_InAnyScript_IsTheOldOrTheNewSchemaAndTheNextStartFinishes()
    {
        var folder = Directory.CreateTempSubdirectory("wo-store-").FullName;
        try
        {
            var file = Path.Combine(folder, "store.db");
            for (var script = 1; script <= SchemaMigrations.Current; script++)
            {
                Assert.Equal(137, await HostAsync(file, $"{SchemaMigrations.InScript}=kill@{(script == 1 ? 1 : 2)}")); // what the last kill undid is done first
                Assert.Equal(script - 1, Version(file));
            }

            Assert.Equal(0, await HostAsync(file, null));
            Assert.Equal(SchemaMigrations.Current, Version(file));
            await using var store = SqliteStore.Open(file, TimeProvider.System, new EventHub());
            Assert.Equal("ok", store.Read(reader => reader.First<string>("PRAGMA integrity_check")));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Open_StoreWithLongSketches_KnowsItsQuestionsAndConversations()
    {
        var room = new QuestionRoom();
        var first = await room.Desk.AskQuestionAsync(new NewQuestion("What is the maximum upload size?", "one"));
        await room.Store.WriteAsync(transaction =>
        {
            transaction.Execute("UPDATE question SET sketch = sketch || substr(fingerprint, 1, 48)");
            transaction.Execute("DROP INDEX update_plan_unasked"); // what came later
            transaction.Execute("PRAGMA user_version = 13");
        });
        await room.EndAsync();

        await using var later = new QuestionRoom(folder: room.Folder);
        Assert.Equal(first.Id, (await later.Desk.AskQuestionAsync(new NewQuestion("What is the max size of an upload?", "two"))).SameAs);
        var next = await later.Desk.AskQuestionAsync(new NewQuestion("And per day?", "one") { ConversationId = first.ConversationId });
        var last = await later.Desk.AskQuestionAsync(new NewQuestion("And per hour?", "one") { ConversationId = first.ConversationId });
        Assert.Equal([first.Id, next.Id], later.Store.Read(reader => QuestionStore.OfConversation(reader, first.ConversationId, last.Id, 10)).Select(question => question.Id));
        Assert.Equal([next.Id], later.Store.Read(reader => QuestionStore.OfConversation(reader, first.ConversationId, last.Id, 1)).Select(question => question.Id));
    }

    private static int Version(string file)
    {
        SystemSqlite.Initialize();
        using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA user_version";
        return Convert.ToInt32(command.ExecuteScalar());
    }

    private static async Task<int> HostAsync(string file, string? failpoints)
    {
        var info = new ProcessStartInfo("dotnet", ["exec", typeof(MigrationTests).Assembly.Location, "open-store", file]);
        info.Environment[Failpoint.Variable] = failpoints;
        using var process = Process.Start(info)!;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await process.WaitForExitAsync(limit.Token);
        return process.ExitCode;
    }
}
