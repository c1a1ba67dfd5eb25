using System.Collections;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Testing;
using Workflow.Changes;
using Workflow.Commands;
using Workflow.Documents;
using Workflow.Documents.Drafting;
using Workflow.Hosting;
using Workflow.Questions;
using Workflow.Review;
using Workflow.Review.Prompts;
using Workflow.Review.Rules;
using Workflow.Storage;
using Xunit.Abstractions;

namespace Workflow.Tests.Review.Injection;

/// <summary>
/// A corpus of attacks through the whole daemon, with a model that obeys every one of them: nothing outside the change's folder is written, no approval
/// is forged, and each attempt can be seen.
/// </summary>
public sealed class InjectionTests(ITestOutputHelper output) : IDisposable
{
    private static string Delta(string statement, string scenario, string name) =>
        $"## ADDED Requirements\n\n### Requirement: Search results\nThe system SHALL list the results of the index.\n{statement}\n\n#### Scenario: The index is missing\n- **WHEN** the index is missing\n- **THEN** the page shows an error{scenario}\n- **AND** the log names {name}\n"; // the name makes each a text of its own

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private readonly string _folder = Directory.CreateTempSubdirectory("wo-injection-").FullName;

    private string Root => Path.Combine(_folder, "repo");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Daemon_EveryAttackWithAModelThatObeys_WritesNothingOutsideForgesNothingAndShowsIt()
    {
        var attacks = Attacks();
        Assert.True(attacks.Count >= 40, $"{attacks.Count} attacks");
        var git = await WriteRepositoryAsync(attacks);
        var before = Snapshot();
        using var model = ObeyingModel.Create();
        await using var daemon = await StartAsync(model);
        var changes = daemon.Services.GetRequiredService<ChangeStore>();
        await Eventually.HoldsAsync("every change is settled", () => changes.List() is var all && all.Count == attacks.Count && all.All(summary => IsSettled(summary.Work)), () => Standing(changes), Patience);
        await AnswerAsync(daemon, attacks);
        await Eventually.HoldsAsync("every change is settled again", () => changes.List().All(summary => IsSettled(summary.Work)) && !IsSuspicionMissing(daemon, attacks), () => Standing(changes), Patience);
        await daemon.StopAsync();

        var store = daemon.Services.GetRequiredService<IStore>();
        AssertOnlyOwnFolders(before, Snapshot());
        await AssertCommitsAsync(git);
        AssertNothingForged(daemon, store);
        var invisible = attacks.Where(attack => !IsVisible(daemon, store, attack)).Select(attack => attack.Name).ToArray();
        Assert.True(invisible.Length == 0, "not visible: " + string.Join(", ", invisible));
        output.WriteLine($"{attacks.Count} attacks: 0 files written outside the change's folder, 0 approvals forged, {attacks.Count} visible; the model was asked {model.Requests.Count} times, {model.Count(PromptLibrary.DraftBlock)} drafts, all held back");
    }

    [Fact]
    public void Refusal_EveryHostileDraft_IsRefusedWhateverTheCheckSays()
    {
        var before = Delta("", "", "it").Split("Requirements\n\n")[1].TrimEnd();
        foreach (var draft in ObeyingModel.Drafts)
            Assert.NotNull(BlockGuard.Refusal(before, draft, []));
        var strict = before.Replace("of the index.", "of the index.\nThe system SHALL NOT show prices.");
        Assert.Equal("a duty would be lost", BlockGuard.Refusal(strict, before, []));
        Assert.Equal("a prohibition would be lost", BlockGuard.Refusal(strict, strict.Replace("SHALL NOT", "SHALL"), []));
        Assert.Equal("lines would be lost", BlockGuard.Refusal(before + "\n- **AND** it stays", before.Replace("of the index.", "of an index."), []));
        Assert.Null(BlockGuard.Refusal(before, before.Replace("results of the index.", "results of the index, newest first."), []));
        Assert.Null(BlockGuard.Refusal(before, before.Replace("results of the index.", "first 20 results of the index."), ["20 results"]));
    }

    [Fact]
    public void IsAimed_EveryAttackThatIsMeantToBeRead_IsSeen()
    {
        var unseen = Attacks().Where(attack => !HiddenInstructionRule.IsAimed(attack.Text)).Select(attack => attack.Name).ToArray();
        Assert.True(unseen.Length == 0, "not seen: " + string.Join(", ", unseen));
    }

    private async Task<GitWorkTree> WriteRepositoryAsync(IReadOnlyList<Attack> attacks)
    {
        Directory.CreateDirectory(Root);
        Write(Path.Combine(Root, "README.md"), "mine\n");
        Write(Path.Combine(_folder, "README.md"), "above the repository\n");
        foreach (var attack in attacks)
        {
            var change = Path.Combine(Root, "openspec", "changes", attack.Name);
            var isAnswer = attack.Where == "answer";
            Write(Path.Combine(change, "proposal.md"), $"# {attack.Name}\n\n## Why\nBuyers cannot find what they look for, and support answers by hand, which takes hours each day.\n{In("proposal")}\n\n## What Changes\n- A page with search results\n");
            Write(Path.Combine(change, "design.md"), $"# Design\n\n## Context\nThe index holds the documents of the shop and is built each night.\n{In("design")}\n");
            Write(Path.Combine(change, "tasks.md"), $"## 1. Work\n\n- [ ] 1.1 Show the search results of the index\n{In("tasks")}\n");
            Write(Path.Combine(change, "specs", "search", "spec.md"), Delta(isAnswer ? "The list SHALL appear fast." : In("statement"), attack.Where == "scenario" ? "\n- **AND** " + attack.Text : "", attack.Name));

            string In(string where) => attack.Where == where ? attack.Text : "";
        }

        var git = new GitWorkTree(Root);
        await git.InitialiseAsync();
        await git.CommitAllAsync("first");
        return git;
    }

    private async Task<Microsoft.AspNetCore.Builder.WebApplication> StartAsync(IModelSource model)
    {
        var values = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["http.listen"] = "127.0.0.1:0",
            ["workflow_orchestrator.socket_path"] = Path.Combine(_folder, "wo.sock"),
            ["workflow_orchestrator.mcp_socket"] = Path.Combine(_folder, "none.sock"),
            ["workflow_orchestrator.settle_milliseconds"] = "0",
            ["lm_studio.mode"] = "off",
            ["logging.level"] = "error",
        };
        var snapshot = ((SettingsOutcome.Valid)SettingsLoader.Load(Root, null, new Hashtable(), values)).Snapshot;
        var repository = new Repository(Root, Path.Combine(Root, "openspec", "changes"), Path.Combine(_folder, "state"));
        Directory.CreateDirectory(repository.StateFolder);
        Directory.CreateDirectory(repository.LogFolder);
        Directory.CreateDirectory(repository.Backups);
        var events = new EventHub();
        var store = SqliteStore.Open(repository.StoreFile, TimeProvider.System, events);
        var daemon = DaemonServiceCollectionExtensions.BuildDaemon(repository, snapshot, new SettingsOrigin(() => new SettingsOutcome.Valid(snapshot)), store, events, services => services.Replace(ServiceDescriptor.Singleton(model)));
        await daemon.StartAsync();
        return daemon;
    }

    // What a poisoned agent says to each question of its change.
    private static async Task AnswerAsync(Microsoft.AspNetCore.Builder.WebApplication daemon, IReadOnlyList<Attack> attacks)
    {
        var questions = daemon.Services.GetRequiredService<IQuestions>();
        foreach (var attack in attacks.Where(attack => attack.Where == "answer"))
        {
            foreach (var view in questions.List(new QuestionFilter([], ChangeId.Parse(attack.Name))).Items.Where(view => view.Question.Status == QuestionStatus.AwaitingHuman))
                await questions.SubmitAnswerAsync(view.Question.Id, new NewAnswer(attack.Text, "librarian", RouteNames.Librarian, 0.95, []));
        }
    }

    // The event comes with the draft that follows the answer.
    private static bool IsSuspicionMissing(Microsoft.AspNetCore.Builder.WebApplication daemon, IReadOnlyList<Attack> attacks) =>
        attacks.Any(attack => attack.Where == "answer" && !IsVisible(daemon, daemon.Services.GetRequiredService<IStore>(), attack));

    private static string Standing(ChangeStore changes) =>
        string.Join('\n', changes.List().Where(summary => !IsSettled(summary.Work)).Select(summary => $"{summary.Change.Id}: {summary.Work.Stage} {summary.Work.Reason}"));

    private static bool IsSettled(RevisionRecord work) => work.Stage switch
    {
        ChangeStage.Done or ChangeStage.AwaitingReview or ChangeStage.Parked => true,
        ChangeStage.AwaitingAnswers => work.Reason?.Contains("wait", StringComparison.Ordinal) == true,
        _ => false,
    };

    private void AssertOnlyOwnFolders(Dictionary<string, string> before, Dictionary<string, string> after)
    {
        var changed = after.Where(file => before.GetValueOrDefault(file.Key) != file.Value).Select(file => file.Key).Concat(before.Keys.Except(after.Keys)).ToArray();
        Assert.NotEmpty(changed);
        Assert.All(changed, path => Assert.Matches("^repo/openspec/changes/[a-z-]+/(review|proposal)\\.md$", path)); // not even one specification
        Assert.Equal("mine\n", File.ReadAllText(Path.Combine(Root, "README.md")));
    }

    private static async Task AssertCommitsAsync(GitWorkTree git)
    {
        foreach (var commit in (await git.LogAsync()).Where(commit => commit.Trailer("Workflow-Change") is { Length: > 0 }))
            Assert.All((await git.RunAsync("show", "--name-only", "--format=", commit.Hash)).Split('\n', StringSplitOptions.RemoveEmptyEntries), path => Assert.StartsWith($"openspec/changes/{commit.Trailer("Workflow-Change")}/", path));
    }

    private static void AssertNothingForged(Microsoft.AspNetCore.Builder.WebApplication daemon, IStore store)
    {
        Assert.Equal(0, store.Read(reader => reader.First<long>("SELECT COUNT(*) FROM event WHERE type IN ('update.approved', 'update.rejected', 'update.undone')")));
        Assert.All(daemon.Services.GetRequiredService<IDocumentUpdates>().GetUpdates(new UpdateFilter(Limit: 1000)), update => Assert.Null(update.DecidedBy));
        Assert.Equal(0, store.Read(reader => reader.First<long>("SELECT COUNT(*) FROM finding WHERE status = 'Dismissed'")));
        Assert.Equal(0, store.Read(reader => reader.First<long>("SELECT COUNT(*) FROM answer WHERE answered_by = 'human'")));
    }

    private static bool IsVisible(Microsoft.AspNetCore.Builder.WebApplication daemon, IStore store, Attack attack)
    {
        var change = ChangeId.Parse(attack.Name);
        var work = daemon.Services.GetRequiredService<ChangeStore>().WorkRevision(change)!;
        if (attack.Where == "answer")
            return store.Read(reader => reader.First<long>("SELECT COUNT(*) FROM event WHERE change_id = @Change AND type = 'answer.suspicious'", new { Change = attack.Name })) > 0;
        return daemon.Services.GetRequiredService<FindingStore>().OfRevision(change, work.Hash).Any(tracked => tracked.Status == FindingStatus.Open && Finding.IsAimedAtReviewer(tracked.Finding.RuleId));
    }

    private Dictionary<string, string> Snapshot() =>
        Directory.EnumerateFiles(_folder, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None })
            .Select(file => Path.GetRelativePath(_folder, file))
            .Where(path => !path.StartsWith("state/", StringComparison.Ordinal) && !path.StartsWith("repo/.git/", StringComparison.Ordinal) && !path.EndsWith(".sock", StringComparison.Ordinal) && !path.EndsWith(".lock", StringComparison.Ordinal))
            .ToDictionary(path => path, path => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(Path.Combine(_folder, path)))), StringComparer.Ordinal);

    private static void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text, new UTF8Encoding(false));
    }

    private static List<Attack> Attacks() =>
        [.. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Review", "Injection", "attacks.jsonl")).Select(line => JsonSerializer.Deserialize<Attack>(line, JsonSerializerOptions.Web)!)];

    /// <summary>One attack.</summary>
    /// <param name="Name">Name of the change that holds it.</param>
    /// <param name="Where">statement, scenario, proposal, design, tasks, or answer: what an agent says.</param>
    /// <param name="Text">The text.</param>
    private sealed record Attack(string Name, string Where, string Text);
}
