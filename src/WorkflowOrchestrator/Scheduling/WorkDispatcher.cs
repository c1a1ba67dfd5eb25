using Workflow.Hosting.Tunables;

namespace Workflow.Scheduling;

/// <summary>
/// Runs work for keys: at most one run a key at a time, at most as many runs in all as there are <paramref name="slots"/>. A key posted while it runs is run again
/// afterwards, so that nothing said in between is missed. One caller posts; anyone may cancel.
/// </summary>
internal sealed class WorkDispatcher<TKey>(AdjustableSlots slots, Func<TKey, CancellationToken, Task> work) : IDisposable
    where TKey : notnull
{
    private readonly Dictionary<TKey, ActiveRun> _runs = [];
    private readonly TaskCompletionSource _failure = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();

    /// <summary>Fails with the first exception that escapes from the work; never completes otherwise.</summary>
    public Task Failure => _failure.Task;

    /// <summary>Starts the work, waiting for a free slot (back-pressure); a key that runs is only marked to run again.</summary>
    public async Task PostAsync(TKey key, CancellationToken cancellationToken)
    {
        if (MarkAgain(key))
            return;
        await slots.WaitAsync(cancellationToken);
        var run = new ActiveRun { Cancellation = new CancellationTokenSource() };
        lock (_gate)
        {
            _runs[key] = run;
            run.Task = Task.Run(() => RunAsync(key, run, cancellationToken), CancellationToken.None);
        }
    }

    /// <summary>Stops the run of a key, if there is one, and starts it over.</summary>
    public void Restart(TKey key)
    {
        lock (_gate)
        {
            if (!_runs.TryGetValue(key, out var run))
                return;
            run.Again = true;
            run.Cancellation.Cancel();
        }
    }

    /// <summary>Waits until no work runs.</summary>
    public Task DrainAsync()
    {
        lock (_gate)
        {
            return Task.WhenAll(_runs.Values.Select(run => run.Task).ToArray());
        }
    }

    public void Dispose() => slots.Dispose();

    private bool MarkAgain(TKey key)
    {
        lock (_gate)
        {
            if (!_runs.TryGetValue(key, out var run))
                return false;
            run.Again = true;
            return true;
        }
    }

    private async Task RunAsync(TKey key, ActiveRun run, CancellationToken stopping)
    {
        try
        {
            do
            {
                using var linked = CancellationTokenSource.CreateLinkedTokenSource(stopping, run.Cancellation.Token);
                try
                {
                    await work(key, linked.Token);
                }
                catch (OperationCanceledException) when (linked.IsCancellationRequested)
                {
                    // Restarted, or the host is stopping: decided below.
                }
            }
            while (GoesOn(key, run, stopping));
        }
        catch (Exception error) // handed to the owner: a lost exception would be a change that stands still for ever
        {
            lock (_gate)
            {
                _runs.Remove(key);
            }

            _failure.TrySetException(error);
        }
        finally
        {
            run.Cancellation.Dispose();
            slots.Release();
        }
    }

    private bool GoesOn(TKey key, ActiveRun run, CancellationToken stopping)
    {
        lock (_gate)
        {
            if (!run.Again || stopping.IsCancellationRequested)
            {
                _runs.Remove(key);
                return false;
            }

            run.Again = false;
            if (run.Cancellation.IsCancellationRequested)
            {
                run.Cancellation.Dispose();
                run.Cancellation = new CancellationTokenSource();
            }

            return true;
        }
    }

    private sealed class ActiveRun
    {
        public required CancellationTokenSource Cancellation { get; set; }

        public bool Again { get; set; }

        public Task Task { get; set; } = Task.CompletedTask;
    }
}
