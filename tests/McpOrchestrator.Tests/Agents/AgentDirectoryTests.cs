using McpOrchestrator.Agents;
using McpOrchestrator.Tests.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using ModelContextProtocol;
using Testing;

namespace McpOrchestrator.Tests.Agents;

/// <summary>What the directory and its desks promise, whatever an agent does.</summary>
public sealed class AgentDirectoryTests
{
    private static readonly AgentQuestion s_question = new("?", AskContext.None, null);
    private readonly FakeTime _time = new();

    [Fact]
    public async Task Ask_UnknownAgent_NamesThoseThatAre() =>
        Assert.Equal("There is no agent 'nobody'. Agents: fake.", await RefusalAsync(Directory(new FakeAgent()), "nobody"));

    [Fact]
    public async Task Ask_AgentThrows_IsFailingUntilItAnswersAgain()
    {
        var agent = new FakeAgent { Answer = _ => throw new IOException("disk is gone") };
        var directory = Directory(agent);

        Assert.Equal("The agent 'fake' failed: disk is gone", await RefusalAsync(directory));
        Assert.Equal("failing", directory.List()[0].Status);

        agent.Answer = _ => Task.FromResult(new AgentAnswer(null, 0, []));
        await directory.AskAsync("fake", s_question, default).Within();

        var report = Assert.Single(directory.Reports());
        Assert.Equal(("ready", 0L, 1L, 1L, "disk is gone"), (report.Status, report.Answered, report.Unknown, report.Failed, report.LastError));
    }

    [Fact]
    public async Task Ask_ManyQuestions_AsManyAtATimeAsAllowed_AndBeyondTheLineAreRefused()
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var (atATime, most) = (0, 0);
        var agent = new FakeAgent
        {
            Answer = async _ =>
            {
                Max(ref most, Interlocked.Increment(ref atATime));
                await release.Task;
                Interlocked.Decrement(ref atATime);
                return new AgentAnswer("yes", 1, []);
            },
        };
        var directory = Directory(agent);
        var asked = Enumerable.Range(0, 64).Select(_ => directory.AskAsync("fake", s_question, default)).ToList();
        Assert.Equal(("busy", 64), (directory.List()[0].Status, directory.List()[0].Load));

        Assert.Equal("The agent 'fake' has 64 questions in work. Ask again later.", await RefusalAsync(directory));
        await Eventually.HoldsAsync("four are in work", () => Volatile.Read(ref atATime) == 4);
        release.SetResult();
        await Task.WhenAll(asked).Within();

        Assert.Equal(4, most);
        await Eventually.HoldsAsync("all questions are done", () => directory.List()[0].Load == 0);
    }

    [Fact]
    public async Task Ask_AgentIgnoresItsToken_AskerIsFreed_OtherAgentsAreUntouched()
    {
        var never = new TaskCompletionSource<AgentAnswer>();
        var begun = 0;
        var hanging = new FakeAgent("hanging") { Answer = _ => { Interlocked.Increment(ref begun); return never.Task; } };
        var directory = Directory(hanging, new FakeAgent("well"));
        var asked = Enumerable.Range(0, 10).Select(_ => RefusalAsync(directory, "hanging")).ToList();
        await Eventually.HoldsAsync("four are in work", () => Volatile.Read(ref begun) == 4);

        _time.Advance(TimeSpan.FromSeconds(46));

        foreach (var refusal in await Task.WhenAll(asked).Within()) Assert.Contains("within 45 seconds", refusal, StringComparison.Ordinal);
        Assert.Equal("yes", (await directory.AskAsync("well", s_question, default).Within()).Answer);
        Assert.Equal("failing", directory.List().Single(a => a.Id == "hanging").Status);
        Assert.Equal(4, directory.List().Single(a => a.Id == "hanging").Load); // these four it still holds; nobody waits for them
    }

    [Fact]
    public async Task Ask_MoreThanPerMinute_TellsWhenToAskAgain()
    {
        var directory = Directory(AgentLimits.Default with { PerMinute = 2 }, new FakeAgent());
        await directory.AskAsync("fake", s_question, default).Within();
        _time.Advance(TimeSpan.FromSeconds(20));
        await directory.AskAsync("fake", s_question, default).Within();

        Assert.Equal("The agent 'fake' takes 2 questions a minute. Ask again in 40 seconds.", await RefusalAsync(directory));
        _time.Advance(TimeSpan.FromSeconds(41));

        await directory.AskAsync("fake", s_question, default).Within();
        Assert.Equal(1, directory.Reports()[0].Refused);
    }

    [Fact]
    public async Task Ask_AfterFiveFaultsInARow_IsLeftAloneForAWhile()
    {
        var calls = 0;
        var agent = new FakeAgent { Answer = _ => { calls++; throw new AgentFaultException("broken"); } };
        var directory = Directory(agent);
        for (var i = 0; i < 5; i++) await RefusalAsync(directory);

        Assert.Contains("failed 5 times in a row and is left alone", await RefusalAsync(directory), StringComparison.Ordinal);
        Assert.Equal(5, calls);

        _time.Advance(TimeSpan.FromSeconds(3));
        agent.Answer = _ => Task.FromResult(new AgentAnswer("yes", 1, []));
        Assert.Equal("yes", (await directory.AskAsync("fake", s_question, default).Within()).Answer);
        Assert.Equal("ready", directory.List()[0].Status);
    }

    [Fact]
    public async Task Ask_AgentNotAvailable_SaysWhyWithoutAskingIt()
    {
        var agent = new FakeAgent { Condition = new AgentCondition("its server is gone. Start it."), Answer = _ => throw new InvalidOperationException("asked") };
        var directory = Directory(agent);

        Assert.Equal("The agent 'fake' is not available: its server is gone. Start it.", await RefusalAsync(directory));
        Assert.Equal(("unavailable", "its server is gone. Start it."), (directory.List()[0].Status, directory.List()[0].Problem));
    }

    [Fact]
    public async Task Ask_AskerGivesUp_IsNoFaultOfTheAgent()
    {
        var agent = new FakeAgent { Answer = async token => { await Task.Delay(Timeout.Infinite, token); return new AgentAnswer(null, 0, []); } };
        var directory = Directory(agent);
        using var cancel = new CancellationTokenSource();
        var asked = directory.AskAsync("fake", s_question, cancel.Token);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked.Within());
        Assert.Equal(("ready", 0L, 0L), (directory.List()[0].Status, directory.Reports()[0].Failed, directory.Reports()[0].TimedOut));
    }

    [Fact]
    public async Task Ask_AgentFloods_AnswerIsCutAndPlain()
    {
        var evidence = new Evidence("a.md", 1, 1, "x", "h", double.NaN);
        var agent = new FakeAgent { Answer = _ => Task.FromResult(new AgentAnswer("\u001b[31mred\u0007 " + new string('x', 5_000_000), double.PositiveInfinity, [.. Enumerable.Repeat(evidence, 1000), evidence with { Quote = "\u001b[2J" }])) };

        var answer = await Directory(agent).AskAsync("fake", s_question, default).Within();

        Assert.Equal(AnswerCleaner.LongestAnswer + 1, answer.Answer!.Length);
        Assert.StartsWith("[31mred ", answer.Answer, StringComparison.Ordinal);
        Assert.Equal((1.0, AnswerCleaner.MostEvidence), (answer.Confidence, answer.Evidence.Count));
        Assert.All(answer.Evidence, e => Assert.Equal(0, e.Score));
    }

    [Fact]
    public async Task List_Capability_TheOneToAskFirst()
    {
        var (a, b) = (new FakeAgent("a", "specs"), new FakeAgent("b", "Specs"));
        var directory = Directory(a, b, new FakeAgent("c", "code"));
        a.Answer = _ => throw new AgentFaultException("broken");
        await RefusalAsync(directory, "a");

        Assert.Equal(["b", "a"], directory.List("specs").Select(x => x.Id));
        Assert.Empty(directory.List("cooking"));
        Assert.Equal(["a", "b", "c"], directory.List().Select(x => x.Id));
    }

    private static void Max(ref int most, int value)
    {
        for (var seen = most; value > seen; seen = most) Interlocked.CompareExchange(ref most, value, seen);
    }

    private static async Task<string> RefusalAsync(AgentDirectory directory, string agent = "fake") =>
        (await Assert.ThrowsAsync<McpException>(() => directory.AskAsync(agent, s_question, default).Within())).Message;

    private AgentDirectory Directory(params FakeAgent[] agents) => Directory(AgentLimits.Default, agents);

    private AgentDirectory Directory(AgentLimits limits, params FakeAgent[] agents) =>
        new(agents.Select(a => new SeatedAgent(a, limits)), _time, NullLogger<AgentDirectory>.Instance);
}
