using System.Text.Json;
using EndToEndTests.Harness;
using Testing;
using Workflow.Commands;

namespace EndToEndTests.Dashboard;

/// <summary>The dashboard in a real browser. What the person does there stands in <c>browser/dashboard.mjs</c>; what came of it is looked up here.</summary>
[Trait("Category", "EndToEnd")]
public sealed class DashboardBrowserTests
{
    private const string First = "How quickly does the search have to answer?";
    private const string Keyboard = "How long is a session kept?";
    private const string Plain = "Who may delete an entry?";
    private const string Hostile = "</textarea></script><img src=x onerror=\"alert(1)\"><script>alert(2)</script>\"'&amp; hostile";

    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(3);

    [BrowserFact]
    public async Task Dashboard_InARealBrowser_DoesWhatAPersonNeeds()
    {
        Assert.True(BrowserFactAttribute.Browser is not null, "There is no Chromium: apt install chromium.");
        await using var served = await ServedRepository.CreateAsync(root =>
        {
            SampleRepository.Write(root, 4);
            SampleRepository.WriteChange(root, "add-\"onload=alert(1) <b>&amp;", 2);
            return Task.CompletedTask;
        });
        served.Environment["WO__DOCUMENT_UPDATES__MODE"] = "review";
        served.Environment["WO__QUESTION_ROUTING__HUMAN_QUESTIONS_PER_DAY"] = "0";
        await SeededImprovements.WriteAsync(served);
        await served.StartDaemonAsync();
        await served.WaitSettledAsync();
        var ids = await AskAsync(served, First, Keyboard, Plain, Hostile);
        var shots = Directory.CreateDirectory(Path.Combine(Programs.Root, "artifacts", "test-results", "screenshots")).FullName;

        var driven = await served.RunAsync("node", s_limit, Path.Combine(BrowserFactAttribute.Folder, "dashboard.mjs"), JsonSerializer.Serialize(new
        {
            browser = BrowserFactAttribute.Browser,
            login = (await served.WoJsonAsync("dashboard")).Text("login"),
            second = (await served.WoJsonAsync("dashboard")).Text("login"),
            token = (await File.ReadAllTextAsync(Path.Combine(served.StateFolder, "token"))).Trim(),
            change = SampleRepository.NameOf(0),
            strange = Uri.EscapeDataString("add-\"onload=alert(1) <b>&amp;"),
            approve = SampleRepository.NameOf(3), // an answer goes into the change of its question and makes its updates anew
            shots,
            first = First,
            keyboard = Keyboard,
            plain = Plain,
            hostile = "hostile",
            hostileId = ids[3],
        }));
        Assert.True(driven.ExitCode == 0, driven.Output + driven.Error);
        await File.WriteAllTextAsync(Path.Combine(shots, "steps.txt"), driven.Output);

        await Eventually.HoldsAsync("the answers are in the store", async () => await StatusesAsync(served, ids) == "answered answered answered withdrawn");
        var updates = await served.UpdatesAsync();
        var undone = Assert.Single(updates, update => update.Text("state") == "undone");
        Assert.Equal("human", undone.Text("decided_by"));
        Assert.Single(updates, update => update.Text("undoes") == undone.Text("update_id"));
    }

    private static async Task<string[]> AskAsync(ServedRepository served, params string[] questions)
    {
        var ids = new List<string>();
        foreach (var question in questions)
            ids.Add((await served.CallAsync("ask_question", new() { ["question"] = question, ["context"] = question, ["change"] = SampleRepository.NameOf(0) })).Text("question_id"));
        await Eventually.HoldsAsync("the questions wait for a person", async () => (await StatusesAsync(served, ids)).Split(' ').All(status => status == "awaiting_human"));
        return [.. ids];
    }

    private static async Task<string> StatusesAsync(ServedRepository served, IReadOnlyList<string> ids)
    {
        var statuses = new List<string>();
        foreach (var id in ids)
            statuses.Add((await served.CallAsync("get_answer", new() { ["question_id"] = id })).Text("status"));
        return string.Join(' ', statuses);
    }
}
