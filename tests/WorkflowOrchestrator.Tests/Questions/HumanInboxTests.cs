using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Testing;
using Workflow.Questions;
using Workflow.Questions.Human;
using Workflow.Storage;

namespace Workflow.Tests.Questions;

/// <summary>The person's inbox as a running service: turns, expiry, and notices that really leave the process.</summary>
public sealed class HumanInboxTests
{
    [Fact]
    public async Task Inbox_MoreQuestionsThanTheBudget_ShowsSomeNowAndTheRestTomorrow()
    {
        var time = new FakeTime();
        await using var room = new QuestionRoom(time, settings: new Dictionary<string, string?> { ["question_routing.human_questions_per_day"] = "2" });
        for (var i = 0; i < 3; i++)
            await AskHumanAsync(room, $"Which limit has case {i}?");
        await room.Store.WriteAsync(room.Inbox.MarkShown);
        var inbox = room.Inbox.Read();
        Assert.Equal((2, 1, 2), (inbox.Now.Count, inbox.Later.Count, inbox.ShownToday));
        Assert.Equal(time.GetUtcNow() + TimeSpan.FromDays(1), inbox.Later[0].Until);
        Assert.Contains("2 questions", inbox.Later[0].Reason);

        await room.Desk.SubmitAnswerAsync(inbox.Now[0].View.Question.Id, QuestionRoom.FromHuman("10 MB"));
        Assert.Single(room.Inbox.Read().Later); // an answered question has used up its share
        time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(2, room.Inbox.Read().Now.Count);
        Assert.Single(await room.Store.WriteAsync(room.Inbox.MarkShown));
    }

    [Fact]
    public async Task Service_NewQuestion_IsShownAndPostedOnceTheWebhookWorks()
    {
        await using var hook = new Webhook(failures: 2);
        var time = new FakeTime();
        await using var room = new QuestionRoom(time, settings: new Dictionary<string, string?> { ["question_routing.notify_webhook"] = hook.Address });
        using var sender = new NoticeSender(room.Settings, room.Repository);
        using var service = Service(room, sender);
        await service.StartAsync(CancellationToken.None);
        var asked = await AskHumanAsync(room, "Which limit applies to uploads?");
        await Eventually.HoldsAsync("the first attempt failed", () =>
        {
            time.Advance(TimeSpan.FromMilliseconds(250));
            return room.Store.Read(reader => reader.First<long>("SELECT attempts FROM notice")) >= 1;
        });
        Assert.NotNull(room.View(asked.Id).Question.ShownAt);
        await Eventually.HoldsAsync("the notice is delivered", () =>
        {
            time.Advance(TimeSpan.FromSeconds(5));
            return room.Store.Read(reader => reader.First<string>("SELECT state FROM notice")) == "Delivered";
        });
        Assert.Equal(3, hook.Bodies.Count);
        Assert.Single(hook.Bodies.Distinct());
        using var body = JsonDocument.Parse(hook.Bodies.Last());
        Assert.Equal(["repository", "count", "questions"], body.RootElement.EnumerateObject().Select(property => property.Name));
        Assert.Equal("Which limit applies to uploads?", body.RootElement.GetProperty("questions")[0].GetProperty("question").GetString());
        Assert.DoesNotContain("secret passage", hook.Bodies.Last());
        await service.StopAsync(CancellationToken.None).WaitAsync(QuestionRoom.Patience);
        Assert.Null(room.Failure);
    }

    [Fact]
    public async Task Service_WebhookNeverWorks_GivesUpAndKeepsTheQuestion()
    {
        await using var hook = new Webhook(failures: int.MaxValue);
        var time = new FakeTime();
        await using var room = new QuestionRoom(time, settings: new Dictionary<string, string?> { ["question_routing.notify_webhook"] = hook.Address });
        using var sender = new NoticeSender(room.Settings, room.Repository);
        using var service = Service(room, sender);
        await service.StartAsync(CancellationToken.None);
        var asked = await AskHumanAsync(room, "Which limit applies to uploads?");
        await Eventually.HoldsAsync("the notice is given up", () =>
        {
            time.Advance(TimeSpan.FromMinutes(10));
            return room.Store.Read(reader => reader.First<string>("SELECT state FROM notice")) == "GivenUp";
        });
        Assert.Equal(8, hook.Bodies.Count);
        Assert.Equal(asked.Id, Assert.Single(room.Inbox.Read().Now).View.Question.Id);
        await service.StopAsync(CancellationToken.None).WaitAsync(QuestionRoom.Patience);
    }

    [Fact]
    public async Task Service_NotifyCommand_IsRunWithoutAShell()
    {
        var folder = Directory.CreateTempSubdirectory("wo-notify-").FullName;
        var told = Path.Combine(folder, "told");
        await using var room = new QuestionRoom(settings: new Dictionary<string, string?> { ["question_routing.notify_command"] = $"/usr/bin/env, cp, --, /etc/hostname, {told}" });
        Assert.Equal(["/usr/bin/env", "cp", "--", "/etc/hostname", told], room.Settings.Questions.Human.NotifyCommand);
        using var sender = new NoticeSender(room.Settings, room.Repository);
        using var service = Service(room, sender);
        await service.StartAsync(CancellationToken.None);
        await AskHumanAsync(room, "$(touch pwned); `touch pwned` && touch pwned | touch pwned?");
        await Eventually.HoldsAsync("the person is told", () => File.Exists(told));
        Assert.False(File.Exists(Path.Combine(room.Folder, "pwned")));
        await service.StopAsync(CancellationToken.None).WaitAsync(QuestionRoom.Patience);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Service_ChangeGoneAndBack_QuestionsExpireAndAreAskedAgain()
    {
        await using var room = new QuestionRoom();
        using var sender = new NoticeSender(room.Settings, room.Repository);
        using var service = Service(room, sender);
        await SetChangeAsync(room, present: true, gone: null);
        var asked = await room.Desk.AskQuestionAsync(QuestionRoom.OfRevision(1));
        var other = await room.Desk.AskQuestionAsync(new NewQuestion("Which limit applies to downloads?", "someone"));
        await room.Routing.RouteAsync(asked.Id, CancellationToken.None);
        await service.StartAsync(CancellationToken.None);
        var waiting = room.Desk.WaitForAnswerAsync(asked.Id, QuestionRoom.Patience);
        await SetChangeAsync(room, present: false, gone: "Archived");
        Assert.Equal(QuestionStatus.Expired, (await waiting)?.Question.Status);
        Assert.Contains("no longer there", room.View(asked.Id).Question.EndReason);
        Assert.Equal(QuestionStatus.Open, room.View(other.Id).Question.Status);
        await SetChangeAsync(room, present: true, gone: null);
        await room.UntilAsync(seen => seen.Type == EventTypes.QuestionAsked && seen.Subject == asked.Id.Value && seen.Data.GetProperty("again").GetBoolean());
        Assert.NotEqual(QuestionStatus.Expired, room.View(asked.Id).Question.Status);
        await service.StopAsync(CancellationToken.None).WaitAsync(QuestionRoom.Patience);
    }

    [Fact]
    public async Task Service_ChangeWentWhileNobodyRan_QuestionsExpireAtStart()
    {
        await using var room = new QuestionRoom();
        using var sender = new NoticeSender(room.Settings, room.Repository);
        using var service = Service(room, sender);
        var asked = await room.Desk.AskQuestionAsync(QuestionRoom.OfRevision(1));
        await SetChangeAsync(room, present: false, gone: "Deleted");
        await service.StartAsync(CancellationToken.None);
        await room.UntilAsync(EventTypes.QuestionExpired, asked.Id);
        await service.StopAsync(CancellationToken.None).WaitAsync(QuestionRoom.Patience);
    }

    [Fact]
    public async Task Service_ChangesFolderAway_QuestionsWait()
    {
        await using var room = new QuestionRoom();
        var asked = await room.Desk.AskQuestionAsync(QuestionRoom.OfRevision(1));
        await SetChangeAsync(room, present: false, gone: "RootAway");
        Assert.Equal(0, await room.Store.WriteAsync(room.QuestionStore.ExpireGone));
        Assert.Equal(QuestionStatus.Open, room.View(asked.Id).Question.Status);
    }

    private static HumanInboxService Service(QuestionRoom room, NoticeSender sender) => new(
        room.Store, room.QuestionStore, room.Inbox, sender, room.Repository, room.Events, room.Supervisor, room.Time, NullLogger<HumanInboxService>.Instance);

    private static async Task<Question> AskHumanAsync(QuestionRoom room, string text)
    {
        var asked = await room.Desk.AskQuestionAsync(new NewQuestion(text, "someone") { Context = "a secret passage" });
        await room.Routing.RouteAsync(asked.Id, CancellationToken.None);
        return asked;
    }

    private static Task SetChangeAsync(QuestionRoom room, bool present, string? gone) => room.Store.WriteAsync(transaction =>
    {
        transaction.Execute(
            "INSERT OR REPLACE INTO change(id, revision, present, gone, first_seen, last_seen) VALUES(@Id, @Hash, @Present, @Gone, 1, 1)",
            new { Id = QuestionRoom.Change.Value, Hash = QuestionRoom.Revision(1).Value, Present = present ? 1 : 0, Gone = gone });
        transaction.Append(new NewEvent(present ? EventTypes.ChangeReturned : EventTypes.ChangeGone, QuestionRoom.Change.Value));
    });

    /// <summary>An HTTP server that refuses the first posts and keeps what it gets.</summary>
    private sealed class Webhook : IAsyncDisposable
    {
        private readonly HttpListener _listener = new();
        private readonly Task _serving;
        private int _failures;

        public Webhook(int failures)
        {
            _failures = failures;
            using var probe = new TcpListener(IPAddress.Loopback, 0);
            probe.Start();
            Address = $"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}/hook/";
            probe.Stop();
            _listener.Prefixes.Add(Address);
            _listener.Start();
            _serving = ServeAsync();
        }

        public string Address { get; }

        public System.Collections.Concurrent.ConcurrentQueue<string> Bodies { get; } = new();

        public async ValueTask DisposeAsync()
        {
            _listener.Stop();
            await _serving;
            _listener.Close();
        }

        private async Task ServeAsync()
        {
            try
            {
                while (true)
                {
                    var context = await _listener.GetContextAsync();
                    using var reader = new StreamReader(context.Request.InputStream, Encoding.UTF8);
                    Bodies.Enqueue(await reader.ReadToEndAsync());
                    context.Response.StatusCode = _failures-- > 0 ? 503 : 204;
                    context.Response.Close();
                }
            }
            catch (Exception error) when (error is HttpListenerException or ObjectDisposedException)
            {
                // It was stopped.
            }
        }
    }
}
