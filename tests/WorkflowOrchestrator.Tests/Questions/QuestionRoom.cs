using System.Collections;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using NSubstitute;
using Workflow.Agents;
using Workflow.Changes;
using Workflow.Hosting;
using Workflow.Hosting.Tunables;
using Workflow.Questions;
using Workflow.Questions.Human;
using Workflow.Storage;

namespace Workflow.Tests.Questions;

/// <summary>The Questions room on a real store in a temporary folder, with agents that do as the test says.</summary>
internal sealed class QuestionRoom : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly List<WorkflowEvent> _seen = [];
    private readonly List<(Func<WorkflowEvent, bool> Wanted, TaskCompletionSource<WorkflowEvent> Done)> _awaited = [];
    private readonly Lock _gate = new();

    public QuestionRoom(TimeProvider? time = null, ScriptedAgents? agents = null, IReadOnlyDictionary<string, string?>? settings = null, string? folder = null)
    {
        Time = time ?? TimeProvider.System;
        Folder = folder ?? Directory.CreateTempSubdirectory("wo-questions-").FullName;
        Agents = agents ?? new ScriptedAgents();
        Settings = ((SettingsOutcome.Valid)SettingsLoader.Load(Folder, null, new Hashtable(), settings)).Settings;
        Repository = new Repository(Folder, Path.Combine(Folder, "openspec", "changes"), Folder);
        Events = new EventHub();
        Events.Subscribe(OnEvent);
        Store = SqliteStore.Open(Repository.StoreFile, Time, Events);
        QuestionStore = new QuestionStore(Time);
        AnswerStore = new AnswerStore(Time);
        Waiters = new AnswerWaiters(Events);
        Answers = new AnswerDesk(QuestionStore, AnswerStore, Settings, Time);
        Desk = new QuestionDesk(Store, QuestionStore, Answers, Waiters, Time);
        Inbox = new HumanInbox(Store, Waiters, Settings, Time);
        Evidence = new EvidenceReader(Repository);
        Routing = new QuestionRouting(
            Store,
            QuestionStore,
            new RouteRecorder(QuestionStore, AnswerStore, Answers, Settings, Time),
            Waiters,
            [new AnsweredBeforeRoute(Store, Evidence, new TunableBoard(Settings), Time), new AgentRoute(Agents, Evidence, Store)],
            Agents,
            Settings,
            Time,
            NullLogger<QuestionRouting>.Instance);
        Supervisor = new ServiceSupervisor(Substitute.For<IHostApplicationLifetime>(), Time, NullLogger<ServiceSupervisor>.Instance);
        Router = new QuestionRouter(Store, Routing, Agents, Waiters, Events, Settings, new TunableBoard(Settings), Supervisor, Time, NullLogger<QuestionRouter>.Instance);
    }

    public TimeProvider Time { get; }

    public string Folder { get; }

    public Repository Repository { get; }

    public OrchestratorSettings Settings { get; }

    public ScriptedAgents Agents { get; }

    public EventHub Events { get; }

    public SqliteStore Store { get; }

    public QuestionStore QuestionStore { get; }

    public AnswerStore AnswerStore { get; }

    public AnswerWaiters Waiters { get; }

    public AnswerDesk Answers { get; }

    public QuestionDesk Desk { get; }

    public HumanInbox Inbox { get; }

    public EvidenceReader Evidence { get; }

    public QuestionRouting Routing { get; }

    public QuestionRouter Router { get; }

    public ServiceSupervisor Supervisor { get; }

    public string? Failure => Supervisor.Failure;

    public IReadOnlyList<string> SeenTypes
    {
        get
        {
            lock (_gate)
            {
                return [.. _seen.Select(seen => seen.Type)];
            }
        }
    }

    public static ChangeId Change { get; } = ChangeId.Parse("add-upload");

    public static RevisionHash Revision(int number) => new(new string((char)('a' + number), 64));

    public static NewQuestion OfRevision(int revision, string text = "Which limit applies to uploads?") =>
        new(text, "reviewer") { ChangeId = Change, RevisionHash = Revision(revision), FindingId = $"f{revision}", Context = "### Requirement: Uploads" };

    public static NewAnswer FromHuman(string text) => new(text, Answer.Human, RouteNames.Human, 1, []);

    public static NewAnswer FromAgent(string text, double confidence = 0.9, params Evidence[] evidence) => new(text, "librarian", RouteNames.Librarian, confidence, evidence);

    /// <summary>Writes a document into the repository and returns its first line as evidence.</summary>
    public Evidence WriteDocument(string path, string text)
    {
        var full = Path.Combine(Folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
        var quote = text.Split('\n')[0];
        return new Evidence(path, 1, quote, PassageHash.Of(quote));
    }

    /// <summary>The first event of a type about a question, past or future.</summary>
    public Task<WorkflowEvent> UntilAsync(string type, QuestionId id) => UntilAsync(seen => seen.Type == type && seen.Subject == id.Value);

    public Task<WorkflowEvent> UntilAsync(Func<WorkflowEvent, bool> wanted)
    {
        lock (_gate)
        {
            if (_seen.FirstOrDefault(wanted) is { } past)
                return Task.FromResult(past);
            var done = new TaskCompletionSource<WorkflowEvent>(TaskCreationOptions.RunContinuationsAsynchronously);
            _awaited.Add((wanted, done));
            return done.Task.WaitAsync(Patience);
        }
    }

    public QuestionView View(QuestionId id) => Desk.Find(id) ?? throw new InvalidOperationException($"{id} is not in the store.");

    /// <summary>Ends the services and the store but leaves the folder, as a process does that ends.</summary>
    public async Task EndAsync()
    {
        await Router.StopAsync(CancellationToken.None).WaitAsync(Patience);
        Router.Dispose();
        Waiters.Dispose();
        await Store.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        Directory.Delete(Folder, recursive: true);
    }

    private void OnEvent(WorkflowEvent committed)
    {
        lock (_gate)
        {
            _seen.Add(committed);
            foreach (var (wanted, done) in _awaited)
            {
                if (wanted(committed))
                    done.TrySetResult(committed);
            }
        }
    }
}

/// <summary>Agents whose replies the test writes.</summary>
internal sealed class ScriptedAgents : IAgentDirectory
{
    private Action? _available;
    private int _now;

    public List<AgentInfo> Known { get; } = [];

    /// <summary>What an agent replies. The default: none knows anything.</summary>
    public Func<AgentRequest, CancellationToken, Task<AgentReply>> Reply { get; set; } = (request, _) => Task.FromResult<AgentReply>(new AgentReply.DoesNotKnow(request.AgentId));

    public System.Collections.Concurrent.ConcurrentQueue<AgentRequest> Requests { get; } = new();

    public int MostAtOnce { get; private set; }

    public bool IsAvailable { get; set; } = true;

    public static AgentInfo Librarian { get; } = new("librarian", "Searches the specs", ["search"], "ready", 0);

    public ScriptedAgents With(params AgentInfo[] agents)
    {
        Known.AddRange(agents);
        return this;
    }

    public ScriptedAgents Answering(string text, double confidence = 0.9, params AgentEvidence[] evidence)
    {
        Reply = (request, _) => Task.FromResult<AgentReply>(new AgentReply.Answered(text, confidence, evidence, request.AgentId));
        return this;
    }

    public void ComeBack()
    {
        IsAvailable = true;
        _available?.Invoke();
    }

    public Task<bool> WaitAvailableAsync(CancellationToken cancellationToken) => Task.FromResult(IsAvailable);

    public IDisposable OnAvailable(Action handler)
    {
        _available += handler;
        return Substitute.For<IDisposable>();
    }

    public Task<IReadOnlyList<AgentInfo>?> ListAgentsAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<AgentInfo>?>(IsAvailable ? Known : null);

    public async Task<AgentReply> AskAgentAsync(AgentRequest request, TimeSpan timeout, CancellationToken cancellationToken)
    {
        Requests.Enqueue(request);
        var now = Interlocked.Increment(ref _now);
        MostAtOnce = Math.Max(MostAtOnce, now);
        try
        {
            return await Reply(request, cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref _now);
        }
    }
}
