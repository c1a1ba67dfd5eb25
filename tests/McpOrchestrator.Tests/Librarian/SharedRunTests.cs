using McpOrchestrator.Agents.Librarian;
using McpOrchestrator.Tests.Sockets;

namespace McpOrchestrator.Tests.Librarian;

public sealed class SharedRunTests
{
    [Fact]
    public async Task Run_AskedWhileOneRuns_WaitsForALaterRun_SharedByAllWhoWait()
    {
        var shared = new SharedRun();
        var gates = Enumerable.Range(0, 3).Select(_ => new TaskCompletionSource()).ToArray();
        var began = Enumerable.Range(0, 3).Select(_ => new TaskCompletionSource()).ToArray();
        var runs = 0;

        Task Work(CancellationToken token)
        {
            var run = Interlocked.Increment(ref runs) - 1;
            began[run].SetResult();
            return gates[run].Task;
        }

        var first = shared.RunAsync(Work, CancellationToken.None);
        await began[0].Task.Within();
        var second = shared.RunAsync(Work, CancellationToken.None);
        var third = shared.RunAsync(Work, CancellationToken.None);
        gates[0].SetResult();
        await first.Within();
        await began[1].Task.Within();
        Assert.False(second.IsCompleted);
        gates[1].SetResult();
        await Task.WhenAll(second, third).Within();
        Assert.Equal(2, runs);

        gates[2].SetResult();
        await shared.RunAsync(Work, CancellationToken.None).Within();
        Assert.Equal(3, runs);
    }

    [Fact]
    public async Task Run_WorkFails_CallersSeeIt_AndNextRunsAgain()
    {
        var shared = new SharedRun();
        await Assert.ThrowsAsync<IOException>(() => shared.RunAsync(_ => throw new IOException("disk"), CancellationToken.None).Within());
        await shared.RunAsync(_ => Task.CompletedTask, CancellationToken.None).Within();
    }

    [Fact]
    public async Task Run_OneCallerCancels_OthersGoOn()
    {
        var shared = new SharedRun();
        var gate = new TaskCompletionSource();
        using var impatient = new CancellationTokenSource();
        var patient = shared.RunAsync(_ => gate.Task, CancellationToken.None);
        var leaving = shared.RunAsync(_ => Task.CompletedTask, impatient.Token);

        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving.Within());
        gate.SetResult();
        await patient.Within();
    }
}
