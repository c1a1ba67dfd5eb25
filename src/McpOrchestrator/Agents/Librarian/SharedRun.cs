namespace McpOrchestrator.Agents.Librarian;

/// <summary>
/// Runs one piece of work for many callers. A caller never gets the result of a run that began before it asked, because that run may have
/// passed by what the caller just changed; those who ask while one runs share the next.
/// </summary>
internal sealed class SharedRun
{
    private readonly Lock _gate = new();
    private Task _current = Task.CompletedTask;
    private Task? _next; // queued behind _current and not begun

    internal Task RunAsync(Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_next is null && _current.IsCompleted) return (_current = Start(work)).WaitAsync(cancellationToken);
            return (_next ??= AfterAsync(_current, work)).WaitAsync(cancellationToken);
        }
    }

    private async Task AfterAsync(Task running, Func<CancellationToken, Task> work)
    {
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        Task started;
        lock (_gate)
        {
            started = _current = Start(work);
            _next = null;
        }

        await started;
    }

    // One caller's token must not end what others wait for.
    private static Task Start(Func<CancellationToken, Task> work) => Task.Run(() => work(CancellationToken.None), CancellationToken.None);
}
