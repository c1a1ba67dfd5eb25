using System.Collections;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using NSubstitute;
using Testing;
using Workflow.Agents;
using Workflow.Hosting;

namespace Workflow.Tests.Agents;

public sealed class McpOrchestratorLinkTests : IAsyncLifetime, IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory.CreateTempSubdirectory("wo-link-").FullName;
    private readonly HealthBoard _health = new(TimeProvider.System);
    private readonly FakeMcpOrchestrator _orchestrator;
    private readonly McpOrchestratorLink _link;
    private readonly SemaphoreSlim _available = new(0);

    public McpOrchestratorLinkTests()
    {
        var socket = Path.Combine(_folder, "hub.sock");
        _orchestrator = new FakeMcpOrchestrator(socket);
        var settings = ((SettingsOutcome.Valid)SettingsLoader.Load(
            _folder, null, new Hashtable(), new Dictionary<string, string?> { ["workflow_orchestrator.mcp_socket"] = socket })).Settings;
        var supervisor = new ServiceSupervisor(Substitute.For<IHostApplicationLifetime>(), TimeProvider.System, NullLogger<ServiceSupervisor>.Instance);
        _link = new McpOrchestratorLink(
            settings, new ServiceRegistration("workflow-orchestrator", "/run/wo.sock", ["ask_question", "get_answer"], "1.2.3"), _health, supervisor, NullLoggerFactory.Instance, new PatientTime());
        _link.OnAvailable(() => _available.Release());
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _link.StopAsync(CancellationToken.None).WaitAsync(s_patience);
        await _orchestrator.DisposeAsync();
    }

    public void Dispose()
    {
        _link.Dispose();
        _available.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Start_OrchestratorThere_RegistersAndIsHealthy()
    {
        _orchestrator.Start();
        await StartAsync();
        await AvailableAsync();
        var registered = Assert.Single(_orchestrator.Registrations);
        Assert.Equal("""{"name":"workflow-orchestrator","socket_path":"/run/wo.sock","tools":["ask_question","get_answer"],"version":"1.2.3"}""", registered.ToJsonString());
        Assert.Equal(HealthState.Ok, _health.Find("mcp_orchestrator")?.State);
        Assert.Equal("librarian", Assert.Single((await _link.ListAgentsAsync(CancellationToken.None))!).Id);
    }

    [Fact]
    public async Task Stop_Connected_SaysFarewellSoThatNobodyOffersOurTools()
    {
        _orchestrator.Start();
        await StartAsync();
        await AvailableAsync();
        await _link.StopAsync(CancellationToken.None).WaitAsync(s_patience);
        Assert.Equal("workflow-orchestrator", Assert.Single(_orchestrator.Deregistrations)["name"]?.GetValue<string>());
    }

    [Fact]
    public async Task Start_ToolsHaveOtherNames_IsDegradedAndNamesTheSettings()
    {
        _orchestrator.NameOf = name => name == "ask_agent" ? "query" : name;
        _orchestrator.Start();
        await StartAsync();
        await AvailableAsync();
        var health = _health.Find("mcp_orchestrator")!;
        Assert.Equal(HealthState.Degraded, health.State);
        Assert.Contains("no tool ask_agent", health.Detail);
        Assert.Contains("question_routing.ask_agent_tool", health.Remedy);
    }

    [Fact]
    public async Task Start_ToolsHaveOtherNamesAndSettingsSaySo_WorksAsUsual()
    {
        var socket = Path.Combine(_folder, "other.sock");
        await using var other = new FakeMcpOrchestrator(socket) { NameOf = name => $"hub/{name}" };
        other.Start();
        var health = new HealthBoard(TimeProvider.System);
        var settings = ((SettingsOutcome.Valid)SettingsLoader.Load(_folder, null, new Hashtable(), new Dictionary<string, string?>
        {
            ["workflow_orchestrator.mcp_socket"] = socket,
            ["question_routing.register_service_tool"] = "hub/register_service",
            ["question_routing.deregister_service_tool"] = "hub/deregister_service",
            ["question_routing.list_agents_tool"] = "hub/list_agents",
            ["question_routing.ask_agent_tool"] = "hub/ask_agent",
        })).Settings;
        var supervisor = new ServiceSupervisor(Substitute.For<IHostApplicationLifetime>(), TimeProvider.System, NullLogger<ServiceSupervisor>.Instance);
        using var link = new McpOrchestratorLink(settings, new ServiceRegistration("wo", "/run/wo.sock", [], "1"), health, supervisor, NullLoggerFactory.Instance, new PatientTime());
        using var available = new SemaphoreSlim(0);
        link.OnAvailable(() => available.Release());
        await link.StartAsync(CancellationToken.None);
        Assert.True(await available.WaitAsync(s_patience));
        Assert.Equal(HealthState.Ok, health.Find("mcp_orchestrator")?.State);
        Assert.Equal("librarian", Assert.Single((await link.ListAgentsAsync(CancellationToken.None))!).Id);
        Assert.IsType<AgentReply.DoesNotKnow>(await link.AskAgentAsync(new AgentRequest("librarian", "Which limit?", null, null), s_patience, CancellationToken.None));
        await link.StopAsync(CancellationToken.None).WaitAsync(s_patience);
        Assert.Single(other.Deregistrations);
    }

    [Fact]
    public async Task Start_NobodyThere_IsDegradedWithARemedyAndCallsSayUnavailable()
    {
        await StartAsync();
        Assert.False(_link.IsAvailable);
        var health = _health.Find("mcp_orchestrator")!;
        Assert.Equal(HealthState.Degraded, health.State);
        Assert.Contains("scripts/start-all.sh", health.Remedy);
        Assert.Null(await _link.ListAgentsAsync(CancellationToken.None));
        Assert.False(Assert.IsType<AgentReply.Unavailable>(await AskAsync()).WasReached);
    }

    [Fact]
    public async Task OrchestratorStartsLateEndsAndComesBack_IsRegisteredEachTime()
    {
        await StartAsync();
        for (var turn = 0; turn < 3; turn++)
        {
            _orchestrator.Start();
            await _orchestrator.NextRegistrationAsync(s_patience);
            await AvailableAsync();
            Assert.IsType<AgentReply.DoesNotKnow>(await AskAsync());
            await _orchestrator.StopAsync();
        }

        Assert.Equal(3, _orchestrator.Registrations.Count);
    }

    [Fact]
    public async Task AskAgent_Answered_SendsWhatIsKnownAndReadsTheReply()
    {
        JsonNode? sent = null;
        _orchestrator.OnAskAgent = (arguments, _) =>
        {
            sent = arguments;
            return Task.FromResult(FakeMcpOrchestrator.Structured(JsonNode.Parse("""{"answer":"10 MB","confidence":0.9,"evidence":[{"path":"a.md","line":2,"quote":"10 MB"}],"agent_id":"librarian"}""")!));
        };
        _orchestrator.Start();
        await StartAsync();
        await AvailableAsync();
        var answered = Assert.IsType<AgentReply.Answered>(await AskAsync());
        Assert.Equal("10 MB", answered.Text);
        Assert.Equal("""{"agent_id":"librarian","question":"Which limit?","context":"uploads","conversation_id":"c1"}""", sent?.ToJsonString());
    }

    [Fact]
    public async Task AskAgent_ToolFails_IsUnavailableInItsWords()
    {
        _orchestrator.OnAskAgent = (_, _) => Task.FromResult(FakeMcpOrchestrator.Error("There is no agent 'librarian'."));
        _orchestrator.Start();
        await StartAsync();
        await AvailableAsync();
        var unavailable = Assert.IsType<AgentReply.Unavailable>(await AskAsync());
        Assert.Equal("There is no agent 'librarian'.", unavailable.Reason);
        Assert.True(unavailable.WasReached);
    }

    [Fact]
    public async Task AskAgent_Hangs_TimesOutAndTellsTheAgentToStop()
    {
        var told = new TaskCompletionSource();
        _orchestrator.OnAskAgent = async (_, cancellationToken) =>
        {
            using var registration = cancellationToken.Register(() => told.TrySetResult());
            await Task.Delay(Timeout.Infinite, cancellationToken);
            throw new InvalidOperationException();
        };
        _orchestrator.Start();
        await StartAsync();
        await AvailableAsync();
        Assert.IsType<AgentReply.Unavailable>(await AskAsync(TimeSpan.FromMilliseconds(50)));
        await told.Task.WaitAsync(s_patience);
    }

    [Fact]
    public async Task AskAgent_OrchestratorDiesMeanwhile_IsUnavailable()
    {
        var asked = new TaskCompletionSource();
        _orchestrator.OnAskAgent = async (_, cancellationToken) =>
        {
            asked.TrySetResult();
            await Task.Delay(Timeout.Infinite, cancellationToken);
            throw new InvalidOperationException();
        };
        _orchestrator.Start();
        await StartAsync();
        await AvailableAsync();
        var call = AskAsync(s_patience);
        await asked.Task.WaitAsync(s_patience);
        await _orchestrator.StopAsync();
        Assert.False(Assert.IsType<AgentReply.Unavailable>(await call.WaitAsync(s_patience)).WasReached); // so that it is asked again
    }

    [Fact]
    public async Task Register_Refused_IsNotAvailableAndTheReasonIsShown()
    {
        var refusals = 0;
        var secondAttempt = new TaskCompletionSource();
        _orchestrator.OnRegister = (_, _) =>
        {
            if (++refusals == 2)
                secondAttempt.TrySetResult();
            return Task.FromResult(FakeMcpOrchestrator.Error("The name is taken by another service."));
        };
        _orchestrator.Start();
        await StartAsync();
        await secondAttempt.Task.WaitAsync(s_patience);
        Assert.False(_link.IsAvailable);
        Assert.Contains("The name is taken by another service.", _health.Find("mcp_orchestrator")?.Detail);
    }

    [Fact]
    public async Task WaitAvailable_OrchestratorStartsMeanwhile_IsTrue()
    {
        await StartAsync();
        var wait = _link.WaitAvailableAsync(CancellationToken.None);
        _orchestrator.Start();
        Assert.True(await wait.WaitAsync(s_patience));
    }

    /// <summary>The system's clock, on which the link's own limits (a farewell of one second, short calls of five) are a minute.</summary>
    private sealed class PatientTime : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var isLimit = period == Timeout.InfiniteTimeSpan && (dueTime == TimeSpan.FromSeconds(1) || (dueTime > TimeSpan.FromSeconds(3) && dueTime <= TimeSpan.FromSeconds(5)));
            return base.CreateTimer(callback, state, isLimit ? TimeSpan.FromMinutes(1) : dueTime, period);
        }
    }

    private Task StartAsync() => _link.StartAsync(CancellationToken.None);

    private async Task AvailableAsync() => Assert.True(await _available.WaitAsync(s_patience));

    private Task<AgentReply> AskAsync(TimeSpan? timeout = null) =>
        _link.AskAgentAsync(new AgentRequest("librarian", "Which limit?", "uploads", "c1"), timeout ?? s_patience, CancellationToken.None);
}
