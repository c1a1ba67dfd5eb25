using System.Collections.Concurrent;
using System.Threading.Channels;
using Workflow.Agents;
using Workflow.Hosting;
using Workflow.Hosting.Tunables;
using Workflow.Storage;

namespace Workflow.Questions;

/// <summary>
/// Finds an answer for each question: tries the routes of its <see cref="RoutePlanner">plan</see> in order, at most
/// <see cref="Tunable.MaxConcurrentQuestions"/> questions at a time. What it was doing when the process ended is done again.
/// </summary>
internal sealed class QuestionRouter : SupervisedService
{
    // 1,024 nudges may wait; with more the store is asked for what is unrouted, which it always knows.
    private const int InboxCapacity = 1024;
    private const int MaxUnrouted = 1000;

    private readonly IStore _store;
    private readonly QuestionRouting _routing;
    private readonly IAgentDirectory _agents;
    private readonly EventHub _events;
    private readonly OrchestratorSettings _settings;
    private readonly ILogger<QuestionRouter> _logger;
    private readonly Inbox<QuestionId> _inbox;
    private readonly ConcurrentDictionary<QuestionId, Task> _inFlight = new();
    private readonly AdjustableSlots _slots;
    private readonly Channel<bool> _again = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }); // a conflated "agents are back"
    private readonly TaskCompletionSource _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public QuestionRouter(
        IStore store,
        QuestionRouting routing,
        IAgentDirectory agents,
        EventHub events,
        OrchestratorSettings settings,
        ITunables tunables,
        ServiceSupervisor supervisor,
        ILogger<QuestionRouter> logger)
        : base(supervisor)
    {
        (_store, _routing, _agents, _events, _settings, _logger) = (store, routing, agents, events, settings, logger);
        _slots = new AdjustableSlots(tunables, Tunable.MaxConcurrentQuestions);
        _inbox = new Inbox<QuestionId>(InboxCapacity, () => _store.Read(reader => QuestionStore.Unrouted(reader, MaxUnrouted)));
    }

    /// <summary>Questions that are being routed now.</summary>
    public int InFlight => _inFlight.Count;

    protected override string Name => "question_router";

    /// <summary>Tries the routes of one question until one succeeds. Does nothing when the question needs no routing.</summary>
    public Task RouteQuestionAsync(QuestionId id, CancellationToken cancellationToken) => _routing.RouteAsync(id, cancellationToken);

    protected override async Task RunAsync(CancellationToken stoppingToken)
    {
        var interrupted = await _store.WriteAsync(QuestionStore.ReopenInterrupted, stoppingToken);
        if (interrupted > 0)
            _logger.LogInformation(QuestionEventIds.Resumed, "{Count} questions were being routed when the process ended; they are routed again", interrupted);
        using var asked = _events.Subscribe(OnEvent);
        using var available = _agents.OnAvailable(() => _again.Writer.TryWrite(true));
        if (_agents.IsAvailable)
            _again.Writer.TryWrite(true);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        try
        {
            // None ends by itself; whichever fails ends the service.
            await await Task.WhenAny(TakeAsync(ending.Token), RouteAgainAsync(ending.Token), _failed.Task);
        }
        finally
        {
            // What is in flight stays 'Routing' in the store and is reopened at the next start.
            await ending.CancelAsync();
            await Task.WhenAll(_inFlight.Values).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // A nudge says that something waits, not what: the most urgent question goes first.
    private async Task TakeAsync(CancellationToken stoppingToken)
    {
        await foreach (var _ in _inbox.ReadAllAsync(Heartbeat, stoppingToken))
        {
            while (!await _slots.WaitAsync(_settings.HeartbeatTimeout / 3, stoppingToken))
                Heartbeat(); // all slots are busy, each within its routes' time budgets
            if (Next() is { } id)
                Start(id, stoppingToken);
            else
                _slots.Release();
        }
    }

    private QuestionId? Next()
    {
        foreach (var id in _store.Read(reader => QuestionStore.Unrouted(reader, _inFlight.Count + 1)))
        {
            if (!_inFlight.ContainsKey(id))
                return id;
        }

        return null;
    }

    private void Start(QuestionId id, CancellationToken stoppingToken)
    {
        var begin = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _inFlight[id] = RunOneAsync(id, begin.Task, stoppingToken);
        begin.SetResult();
    }

    private async Task RunOneAsync(QuestionId id, Task begin, CancellationToken stoppingToken)
    {
        await begin; // the question is in the table before it can leave it
        QuestionMetrics.InFlight(+1);
        try
        {
            await _routing.RouteAsync(id, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process stops.
        }
        catch (Exception error) // routes report their failures; this is the store's, and without it nothing goes on
        {
            _failed.TrySetException(error);
        }
        finally
        {
            QuestionMetrics.InFlight(-1);
            _inFlight.TryRemove(id, out _);
            _slots.Release();
            NudgeNext(stoppingToken);
        }
    }

    // One that ends makes room for one that waits, also for those that were too many to be nudged.
    private void NudgeNext(CancellationToken stoppingToken)
    {
        if (!stoppingToken.IsCancellationRequested && Next() is { } next)
            _inbox.Nudge(next);
    }

    private async Task RouteAgainAsync(CancellationToken stoppingToken)
    {
        await foreach (var _ in _again.Reader.ReadAllAsync(stoppingToken))
        {
            var count = await _store.WriteAsync(QuestionStore.RouteAgainUntried, stoppingToken);
            if (count == 0)
                continue;
            _logger.LogInformation(QuestionEventIds.RoutedAgain, "Agents can be reached again: {Count} questions that wait for a human are put to them", count);
            foreach (var id in _store.Read(reader => QuestionStore.Unrouted(reader, MaxUnrouted)))
                _inbox.Nudge(id);
        }
    }

    private void OnEvent(WorkflowEvent committed)
    {
        if (committed is { Type: EventTypes.QuestionAsked, Subject: { } subject } && QuestionId.TryParse(subject, out var id))
            _inbox.Nudge(id);
    }

    public override void Dispose()
    {
        _slots.Dispose();
        base.Dispose();
    }
}
