using System.Security.Cryptography;
using System.Threading.Channels;
using Platform.Sockets;
using Workflow.Hosting;
using Workflow.Storage;

namespace Workflow.Questions.Human;

/// <summary>
/// Keeps the inbox true: ends the questions of changes that are gone and asks those of changes that came back, puts questions before the person when they
/// have their turn, and sees to it that the person is told. Telling goes on beside the rest and holds up nobody.
/// </summary>
internal sealed class HumanInboxService(
    IStore store,
    QuestionStore questions,
    HumanInbox inbox,
    NoticeSender sender,
    Repository repository,
    EventHub events,
    ServiceSupervisor supervisor,
    TimeProvider time,
    ILogger<HumanInboxService> logger)
    : SupervisedService(supervisor)
{
    private const int MaxAttempts = 8;
    private static readonly TimeSpan s_firstPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromMinutes(10);

    // What comes within this time is one look, one transaction and one notice; nobody sees the difference.
    private static readonly TimeSpan s_gathering = TimeSpan.FromMilliseconds(250);

    // Two kinds of nudge, each waits once.
    private readonly Inbox<Chore> _inbox = new(2, () => [Chore.Changes, Chore.Questions]);

    // A conflated "there is something to send".
    private readonly Channel<bool> _outbox = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private ITimer? _soon;
    private int _isLookDue;

    private enum Chore
    {
        Changes,
        Questions,
    }

    protected override string Name => "human_inbox";

    protected override async Task RunAsync(CancellationToken stoppingToken)
    {
        await using var soon = _soon = time.CreateTimer(_ => _inbox.Nudge(Chore.Questions), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        using var subscription = events.Subscribe(OnCommitted);
        await using var turn = time.CreateTimer(_ => _inbox.Nudge(Chore.Questions), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        await using var retry = time.CreateTimer(_ => _outbox.Writer.TryWrite(true), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _outbox.Writer.TryWrite(true); // what the last process did not get to send
        await await Task.WhenAny(KeepAsync(turn, stoppingToken), SendAsync(retry, stoppingToken));
    }

    private async Task KeepAsync(ITimer turn, CancellationToken stoppingToken)
    {
        await foreach (var chore in _inbox.ReadAllAsync(Heartbeat, stoppingToken))
        {
            if (chore == Chore.Changes)
                await ExpireAsync(stoppingToken);
            else
                await ShowAsync(turn, stoppingToken);
        }
    }

    private async Task ExpireAsync(CancellationToken stoppingToken)
    {
        var (expired, returned) = await store.WriteAsync(transaction => (questions.ExpireGone(transaction), questions.ReopenReturned(transaction)), stoppingToken);
        if (expired + returned > 0)
            logger.LogInformation(QuestionEventIds.Expired, "{Expired} questions of changes that are gone have expired; {Returned} are asked again because their change is back", expired, returned);
    }

    private async Task ShowAsync(ITimer turn, CancellationToken stoppingToken)
    {
        Volatile.Write(ref _isLookDue, 0);
        var (isDue, next) = inbox.Look();
        if (isDue)
        {
            await store.WriteAsync(
                transaction =>
                {
                    if (inbox.MarkShown(transaction) is { Count: > 0 } shown)
                        Tell(transaction, shown);
                },
                stoppingToken);
            _outbox.Writer.TryWrite(true);
        }

        if (next is { } moment)
            turn.Change(Later(moment), Timeout.InfiniteTimeSpan);
    }

    private void Tell(IStoreTransaction transaction, IReadOnlyList<Question> shown)
    {
        var body = NoticeBody.For(Path.GetFileName(repository.Root), shown);
        foreach (var channel in Enum.GetValues<NoticeChannel>().Where(sender.Serves))
            NoticeStore.Add(transaction, channel, body, time.GetUtcNow());
    }

    private async Task SendAsync(ITimer retry, CancellationToken stoppingToken)
    {
        await foreach (var _ in _outbox.Reader.ReadAllAsync(stoppingToken))
        {
            while (store.Read(reader => NoticeStore.Due(reader, time.GetUtcNow())) is { Count: > 0 } due)
            {
                foreach (var notice in due)
                    await SendAsync(notice, stoppingToken);
            }

            if (store.Read(NoticeStore.NextDue) is { } next)
                retry.Change(Later(next), Timeout.InfiniteTimeSpan);
        }
    }

    private async Task SendAsync(Notice notice, CancellationToken stoppingToken)
    {
        var problem = await sender.SendAsync(notice, stoppingToken);
        var attempts = notice.Attempts + 1;
        var pause = Backoff.PauseAfter(attempts, s_firstPause, s_longestPause, RandomNumberGenerator.GetInt32(1001) / 1000.0);
        DateTimeOffset? again = problem is null || attempts >= MaxAttempts ? null : time.GetUtcNow() + pause;
        await store.WriteAsync(transaction => NoticeStore.Record(transaction, notice, problem, again), stoppingToken);
        if (problem is not null && again is null)
            logger.LogWarning(QuestionEventIds.NoticeGivenUp, "The {Channel} notice {Notice} is given up after {Attempts} attempts: {Problem}", notice.Channel, notice.Id, attempts, problem);
        else if (problem is not null)
            logger.LogInformation(QuestionEventIds.NoticeFailed, "The {Channel} notice {Notice} was not delivered and is tried again: {Problem}", notice.Channel, notice.Id, problem);
    }

    // Clocks are set back and timers are coarse: never at once again, never beyond what a timer takes.
    private TimeSpan Later(DateTimeOffset moment)
    {
        var left = moment - time.GetUtcNow();
        return left < TimeSpan.FromMilliseconds(50) ? TimeSpan.FromMilliseconds(50) : left < TimeSpan.FromDays(1) ? left : TimeSpan.FromDays(1);
    }

    private void OnCommitted(WorkflowEvent committed)
    {
        if (committed.Type is EventTypes.ChangeGone or EventTypes.ChangeReturned)
            _inbox.Nudge(Chore.Changes);
        else if (committed.Type == EventTypes.QuestionAwaitingHuman && Interlocked.Exchange(ref _isLookDue, 1) == 0)
            _soon?.Change(s_gathering, Timeout.InfiniteTimeSpan);
    }
}
