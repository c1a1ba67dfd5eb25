using System.Collections.Concurrent;
using System.Threading.Channels;
using Workflow.Agents;
using Workflow.Hosting;
using Workflow.Hosting.Tunables;
using Workflow.Storage;

namespace Workflow.Questions;

/// <summary>
/// Finds an answer for each question: tries the routes of its <see cref="RoutePlanner">plan</see> in order, at most
/// <see cref="Tunable.MaxConcurrentQuestions"/> questions at a time, in the order of the <see cref="QuestionQueue"/>. What it was doing when the process ended is done again.
/// </summary>
internal sealed class QuestionRouter : SupervisedService
{
    // A nudge says that something waits, not what: one is enough, and a second one may come while the first is looked after.
    private const int InboxCapacity = 2;
    private const int MaxAwaited = 500;

    // While questions come in fast, so many are routed at the same time, except those that somebody waits for.
    private const int RoutedInARush = 2;

    private const string SomethingWaits = "something waits";

    private readonly IStore _store;
    private readonly QuestionRouting _routing;
    private readonly IAgentDirectory _agents;
    private readonly AnswerWaiters _waiters;
    private readonly EventHub _events;
    private readonly CurrentSettings _settings;
    private readonly ILogger<QuestionRouter> _logger;
    private readonly Inbox<string> _inbox = new(InboxCapacity, () => [SomethingWaits]);
    private readonly ConcurrentDictionary<QuestionId, Flight> _inFlight = new();
    private readonly Dictionary<string, long> _lastServed = new(StringComparer.Ordinal);
    private readonly AdjustableSlots _slots;
    private readonly IntakeMeter _intake;
    private readonly ITimer _calm; // looks again when a rush may be over
    private long _served;
    private readonly Channel<bool> _again = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }); // a conflated "agents are back"
    private readonly TaskCompletionSource _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public QuestionRouter(
        IStore store,
        QuestionRouting routing,
        IAgentDirectory agents,
        AnswerWaiters waiters,
        EventHub events,
        CurrentSettings settings,
        ITunables tunables,
        ServiceSupervisor supervisor,
        TimeProvider time,
        ILogger<QuestionRouter> logger)
        : base(supervisor)
    {
        (_store, _routing, _agents, _waiters, _events, _settings, _logger) = (store, routing, agents, waiters, events, settings, logger);
        _slots = new AdjustableSlots(tunables, Tunable.MaxConcurrentQuestions);
        _intake = new IntakeMeter(time);
        _calm = time.CreateTimer(_ => _inbox.Nudge(SomethingWaits), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
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
            await Task.WhenAll(_inFlight.Values.Select(flight => flight.Work)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task TakeAsync(CancellationToken stoppingToken)
    {
        await foreach (var _ in _inbox.ReadAllAsync(Heartbeat, stoppingToken))
        {
            do
            {
                while (!await _slots.WaitAsync(_settings.HeartbeatTimeout / 3, stoppingToken))
                    Heartbeat(); // all slots are busy, each within its routes' time budgets
                Heartbeat();
            }
            while (StartNext(stoppingToken));
            _slots.Release();
        }
    }

    // Takes the slot along when it starts one.
    private bool StartNext(CancellationToken stoppingToken)
    {
        if (Next() is not { } next)
            return false;
        var begin = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _inFlight[next.Id] = new Flight(next.Scope, RunOneAsync(next.Id, begin.Task, stoppingToken));
        _lastServed[next.Scope] = ++_served;
        begin.SetResult();
        return true;
    }

    private QueuedQuestion? Next()
    {
        var inFlight = _inFlight.ToArray();
        var onlyAwaited = inFlight.Length >= RoutedInARush && _intake.IsRush;
        if (onlyAwaited)
            _calm.Change(IntakeMeter.Memory, Timeout.InfiniteTimeSpan);
        var busy = inFlight.Select(pair => pair.Key).ToHashSet();
        var wanted = _waiters.Awaited(MaxAwaited);
        if (onlyAwaited && wanted.Count == 0)
            return null;
        var (queued, awaited) = _store.Read(reader => (onlyAwaited ? [] : QuestionStore.Queue(reader, inFlight.Length + 1), QuestionStore.Queued(reader, wanted)));
        return QuestionQueue.Next(
            queued.Concat(awaited).Where(question => !busy.Contains(question.Id)),
            [.. inFlight.Select(pair => pair.Value.Scope)],
            _lastServed,
            awaited.Select(question => question.Id).ToHashSet());
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
            _inbox.Nudge(SomethingWaits); // room for one that waits
        }
    }

    private async Task RouteAgainAsync(CancellationToken stoppingToken)
    {
        await foreach (var _ in _again.Reader.ReadAllAsync(stoppingToken))
        {
            var count = await _store.WriteAsync(QuestionStore.RouteAgainUntried, stoppingToken);
            if (count == 0)
                continue;
            _logger.LogInformation(QuestionEventIds.RoutedAgain, "Agents can be reached again: {Count} questions that wait for a human are put to them", count);
            _inbox.Nudge(SomethingWaits);
        }
    }

    private void OnEvent(WorkflowEvent committed)
    {
        if (committed.Type != EventTypes.QuestionAsked)
            return;
        _intake.Count();
        _inbox.Nudge(SomethingWaits);
    }

    // A question in flight: the change that it is about, and the search.
    private sealed record Flight(string Scope, Task Work);

    public override void Dispose()
    {
        _calm.Dispose();
        _slots.Dispose();
        base.Dispose();
    }
}
