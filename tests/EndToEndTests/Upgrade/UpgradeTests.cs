using EndToEndTests.Harness;
using Microsoft.Data.Sqlite;
using Platform.Sqlite;
using Testing;
using Workflow.Commands;

namespace EndToEndTests.Upgrade;

/// <summary>The present daemon on the state that the first installed version left behind (<c>version-5/README.md</c>).</summary>
public sealed class UpgradeTests
{
    private const string Applied = "01M7Y5MY0DFWQGB4K5JGVDW6E6";
    private const string Held = "01M7Y5P09VDVB5WDSY1A80V20A";

    private static readonly string[] s_open = ["q-01m7y5n2yw-4037htnj", "q-01m7y5nzyc-45p11swc", "q-01m7y5p02c-ahrg1js0", "q-01m7y5p064-evdr306c"];

    private static string Data => Path.Combine(Programs.Root, "tests", "EndToEndTests", "Upgrade", "version-5");

    [Fact]
    public async Task Start_StateOfAnOlderVersion_LosesNothingAndGoesOn()
    {
        await using var served = await RestoreAsync();
        var events = await ReadAsync(served, "SELECT group_concat(id || ' ' || type) FROM (SELECT id, type FROM event ORDER BY id)");
        await served.StartDaemonAsync();

        var questions = (await served.CallAsync("list_questions", new() { ["limit"] = 200 })).Items("questions").ToDictionary(q => q.Text("question_id")!, StringComparer.Ordinal);
        Assert.Equal("At most 12.", questions["q-01m7y5n35n-7cp0j9c1"].Text("answer"));
        Assert.Contains("300 milliseconds", questions["q-01m7y5mxn6-bzg8v096"].Text("answer"), StringComparison.Ordinal);
        Assert.All(s_open, id => Assert.Equal("awaiting_human", questions[id].Text("status")));
        Assert.Equal(6, questions.Count);
        Assert.StartsWith(events, await ReadAsync(served, "SELECT group_concat(id || ' ' || type) FROM (SELECT id, type FROM event ORDER BY id)"), StringComparison.Ordinal);

        await RunAsync(served, "answer", s_open[0], "The city does.");
        await RunAsync(served, "approve", Held);
        await RunAsync(served, "undo", Applied);
        await Eventually.HoldsAsync("the held update is applied, the old one undone", async () => await StateOfAsync(served, Held) == "applied" && await StateOfAsync(served, Applied) == "undone");
        Assert.DoesNotContain("## Clarifications", await File.ReadAllTextAsync(Path.Combine(served.ChangeFolder("add-search-filters"), "proposal.md")), StringComparison.Ordinal);
    }

    private static async Task<ServedRepository> RestoreAsync()
    {
        var served = ServedRepository.Create();
        await new GitWorkTree(served.Folder).RunAsync("clone", "--quiet", "--branch", "main", Path.Combine(Data, "shop.bundle"), served.Root);
        await served.Git.InitialiseAsync(); // only says who commits
        Directory.CreateDirectory(served.StateFolder);
        await ExecuteAsync(served, await File.ReadAllTextAsync(Path.Combine(Data, "store.sql")) + "PRAGMA user_version = 5; PRAGMA journal_mode = WAL;");
        var backups = Path.Combine(Data, "backups");
        foreach (var file in Directory.GetFiles(backups, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(served.StateFolder, "backups", Path.GetRelativePath(backups, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        return served;
    }

    private static async Task RunAsync(ServedRepository served, params string[] arguments)
    {
        var result = await served.WoAsync(arguments);
        Assert.True(result.ExitCode == 0, $"wo {string.Join(' ', arguments)}: {result.Output}{result.Error}");
    }

    private static async Task<string?> StateOfAsync(ServedRepository served, string update) =>
        (await served.CallAsync("list_updates")).Items("updates").Single(u => u.Text("update_id") == update).Text("state");

    private static string StoreFile(ServedRepository served) => Path.Combine(served.StateFolder, "store.db");

    private static async Task ExecuteAsync(ServedRepository served, string sql)
    {
        await using var connection = await OpenAsync(served);
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<string> ReadAsync(ServedRepository served, string sql)
    {
        await using var connection = await OpenAsync(served);
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (string)(await command.ExecuteScalarAsync())!;
    }

    private static async Task<SqliteConnection> OpenAsync(ServedRepository served)
    {
        SystemSqlite.Initialize();
        var connection = new SqliteConnection($"Data Source={StoreFile(served)};Pooling=False");
        await connection.OpenAsync();
        return connection;
    }
}
