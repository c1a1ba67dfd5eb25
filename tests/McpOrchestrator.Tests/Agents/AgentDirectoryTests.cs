using McpOrchestrator.Agents;
using McpOrchestrator.Tests.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using ModelContextProtocol;
using Testing;

namespace McpOrchestrator.Tests.Agents;

public sealed class AgentDirectoryTests
{
    private static readonly AgentQuestion s_question = new("?", AskContext.None, null);

    [Fact]
    public async Task Ask_UnknownAgent_NamesThoseThatAre()
    {
        var error = await Assert.ThrowsAsync<McpException>(() => Directory(new FakeAgent()).AskAsync("nobody", s_question, default));
        Assert.Equal("There is no agent 'nobody'. Agents: fake.", error.Message);
    }

    [Fact]
    public async Task Ask_AgentThrows_IsFailingUntilItAnswersAgain()
    {
        var agent = new FakeAgent { Answer = _ => throw new IOException("disk is gone") };
        var directory = Directory(agent);

        var error = await Assert.ThrowsAsync<McpException>(() => directory.AskAsync("fake", s_question, default));
        Assert.Contains("disk is gone", error.Message, StringComparison.Ordinal);
        Assert.Equal("failing", directory.List()[0].Status);

        agent.Answer = _ => Task.FromResult(new AgentAnswer(null, 0, []));
        await directory.AskAsync("fake", s_question, default);
        Assert.Equal("ready", directory.List()[0].Status);
    }

    [Fact]
    public async Task Ask_ManyQuestions_FourAtATime_AndBeyond64AreRefused()
    {
        var release = new TaskCompletionSource();
        var atATime = 0;
        var most = 0;
        var agent = new FakeAgent
        {
            Answer = async _ =>
            {
                most = Math.Max(most, Interlocked.Increment(ref atATime));
                await release.Task;
                Interlocked.Decrement(ref atATime);
                return new AgentAnswer("yes", 1, []);
            },
        };
        var directory = Directory(agent);
        var asked = Enumerable.Range(0, 64).Select(_ => directory.AskAsync("fake", s_question, default)).ToList();
        Assert.Equal(("busy", 64), (directory.List()[0].Status, directory.List()[0].Load));

        await Assert.ThrowsAsync<McpException>(() => directory.AskAsync("fake", s_question, default));
        release.SetResult();
        await Task.WhenAll(asked).Within();

        Assert.Equal(4, most);
        Assert.Equal(0, directory.List()[0].Load);
    }

    [Fact]
    public async Task Ask_NoAnswerInTime_SaysSo()
    {
        var time = new FakeTime();
        var agent = new FakeAgent { Answer = async token => { await Task.Delay(Timeout.Infinite, token); return new AgentAnswer(null, 0, []); } };
        var asked = new AgentDirectory([agent], time, NullLogger<AgentDirectory>.Instance).AskAsync("fake", s_question, default);

        time.Advance(TimeSpan.FromSeconds(46));

        Assert.Contains("within 45 seconds", (await Assert.ThrowsAsync<McpException>(() => asked.Within())).Message, StringComparison.Ordinal);
    }

    private static AgentDirectory Directory(IAgent agent) => new([agent], TimeProvider.System, NullLogger<AgentDirectory>.Instance);

    private sealed class FakeAgent : IAgent
    {
        public AgentProfile Profile { get; } = new("fake", "fake", "test", []);

        public Func<CancellationToken, Task<AgentAnswer>> Answer { get; set; } = _ => Task.FromResult(new AgentAnswer(null, 0, []));

        public Task<AgentAnswer> AskAsync(AgentQuestion question, CancellationToken cancellationToken) => Answer(cancellationToken);
    }
}
