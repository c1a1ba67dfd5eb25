using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using ModelContextProtocol;
using Platform.Sockets;

namespace McpOrchestrator.Agents;

/// <summary>Stands before one agent: lets in what its limits allow, frees the asker when time is up, and keeps account of how it does.</summary>
internal sealed partial class AgentDesk(IAgent agent, AgentLimits limits, TimeProvider timeProvider, ILogger logger)
{
    // After so many faults in a row questions are turned away at once for a while, instead of each finding out for itself.
    private const int FaultsBeforeRest = 5;
    private static readonly TimeSpan s_firstRest = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_longestRest = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Queue<long> _begun = new(); // within the last minute, only when that is limited
    private readonly AgentAccount _account = new(timeProvider);
    private int _load;
    private int _faultsInRow;
    private DateTimeOffset? _restsUntil;

    internal IAgent Agent => agent;

    // Never disposed of: an agent that hangs may give its turn back at any later time, and without a wait handle there is nothing to free.
    private SemaphoreSlim Turns { get; } = new(limits.InFlight);

    /// <summary>Puts a question to the agent.</summary>
    /// <exception cref="McpException">It was not let in, was not answered in time, or the agent failed; the message is for the caller.</exception>
    internal async Task<AgentAnswer> AskAsync(AgentQuestion question, CancellationToken cancellationToken)
    {
        Admit();
        using var timeout = new CancellationTokenSource(limits.Timeout, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            await Turns.WaitAsync(either.Token);
        }
        catch (OperationCanceledException e)
        {
            Leave();
            cancellationToken.ThrowIfCancellationRequested();
            _account.TimedOut("no turn in time");
            throw new McpException($"The agent '{agent.Profile.Id}' had no time for the question within {limits.Timeout.TotalSeconds:0} seconds. Ask again later.", e);
        }

        // The turn is given back when the agent is through, even if its asker has long gone: one that ignores its token takes up its own turns only.
        var start = timeProvider.GetTimestamp();
        var token = either.Token; // outlives its source, which is gone when the work begins late
        var work = Task.Run(() => agent.AskAsync(question, token), token);
        _ = work.ContinueWith(
            done =>
            {
                _ = done.Exception; // seen here when nobody waits any more
                Leave(Turns);
            },
            CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        try
        {
            var answer = AnswerCleaner.Clean(await work.WaitAsync(either.Token));
            Succeeded(answer, timeProvider.GetElapsedTime(start));
            return answer;
        }
        catch (OperationCanceledException e)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var message = timeout.IsCancellationRequested ? $"did not answer within {limits.Timeout.TotalSeconds:0} seconds" : "gave up";
            Faulted(message, isTimeout: true);
            throw new McpException($"The agent '{agent.Profile.Id}' {message}.", e);
        }
        catch (Exception e) when (e is not McpException)
        {
            Faulted(e.Message, isTimeout: false);
            if (e is AgentFaultException) LogFault(agent.Profile.Id, e.Message);
            else LogFailed(e, agent.Profile.Id);
            throw new McpException($"The agent '{agent.Profile.Id}' failed: {e.Message}", e);
        }
    }

    internal AgentListing Listing() => new(
        agent.Profile.Id, agent.Profile.Description, agent.Profile.Capabilities, Status(), Volatile.Read(ref _load), agent.Profile.Kind, agent.Condition.Problem);

    internal AgentReport Report() => _account.Report(Listing(), limits, agent.Condition.Restarts);

    private string Status()
    {
        if (agent.Condition.Problem is not null) return "unavailable";
        if (Volatile.Read(ref _faultsInRow) > 0) return "failing";
        return Volatile.Read(ref _load) > limits.InFlight ? "busy" : "ready";
    }

    private void Admit()
    {
        var id = agent.Profile.Id;
        if (agent.Condition.Problem is { } problem)
        {
            _account.Refused();
            throw new McpException($"The agent '{id}' is not available: {problem}");
        }

        lock (_gate)
        {
            if (Refusal() is { } refusal)
            {
                _account.Refused();
                throw new McpException($"The agent '{id}' {refusal}");
            }

            if (limits.PerMinute > 0) _begun.Enqueue(timeProvider.GetTimestamp());
            Interlocked.Increment(ref _load);
        }
    }

    private string? Refusal()
    {
        if (_restsUntil is { } until && until > timeProvider.GetUtcNow())
            return $"failed {_faultsInRow} times in a row and is left alone for {Math.Ceiling((until - timeProvider.GetUtcNow()).TotalSeconds):0} seconds. Last fault: {_account.LastError}";
        var most = limits.InFlight + limits.Waiting;
        if (_load >= most) return $"has {most} questions in work. Ask again later.";
        if (limits.PerMinute == 0) return null;
        while (_begun.TryPeek(out var first) && timeProvider.GetElapsedTime(first) >= s_minute) _begun.Dequeue();
        return _begun.Count < limits.PerMinute
            ? null
            : $"takes {limits.PerMinute} questions a minute. Ask again in {Math.Ceiling((s_minute - timeProvider.GetElapsedTime(_begun.Peek())).TotalSeconds):0} seconds.";
    }

    private void Leave(SemaphoreSlim? turn = null)
    {
        turn?.Release();
        Interlocked.Decrement(ref _load);
    }

    private void Succeeded(AgentAnswer answer, TimeSpan took)
    {
        lock (_gate)
        {
            _faultsInRow = 0;
            _restsUntil = null;
        }

        _account.Answered(isKnown: answer.Answer is not null, took);
    }

    private void Faulted(string message, bool isTimeout)
    {
        if (isTimeout) _account.TimedOut(message);
        else _account.Failed(message);
        lock (_gate)
        {
            _faultsInRow++;
            if (_faultsInRow < FaultsBeforeRest) return;
            _restsUntil = timeProvider.GetUtcNow() + Backoff.PauseAfter(_faultsInRow - FaultsBeforeRest + 1, s_firstRest, s_longestRest, RandomNumberGenerator.GetInt32(1001) / 1000.0);
        }
    }

    [LoggerMessage(EventId = 2011, Level = LogLevel.Error, Message = "The agent {Agent} failed")]
    private partial void LogFailed(Exception exception, string agent);

    [LoggerMessage(EventId = 2012, Level = LogLevel.Warning, Message = "The agent {Agent} could not do its work: {Reason}")]
    private partial void LogFault(string agent, string reason);
}
