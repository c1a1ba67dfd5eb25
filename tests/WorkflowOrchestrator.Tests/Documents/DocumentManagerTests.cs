using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Workflow.Documents;
using Workflow.Hosting;
using Workflow.Storage;

namespace Workflow.Tests.Documents;

public sealed class DocumentManagerTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Run_PlanStored_IsAppliedAndAnnounced()
    {
        await using var room = await DocumentRoom.CreateAsync();
        using var manager = new RunningManager(room);
        var plan = await room.ThreeFilePlanAsync();
        var applied = manager.WaitFor(EventTypes.UpdateApplied, plan.Id);

        await room.Documents.UpdateDocumentAsync(plan, CancellationToken.None);

        var happened = await applied.WaitAsync(s_limit);
        Assert.Equal(room.Documents.Find(plan.Id)!.Commit, happened.Data.GetProperty("commit").GetString());
        Assert.Equal(HealthState.Ok, room.Health.Find("git")!.State);
    }

    [Fact]
    public async Task Run_UnfinishedUpdateOfAnEarlierProcess_GoesOn()
    {
        await using var room = await DocumentRoom.CreateAsync();
        var plan = await room.ThreeFilePlanAsync();
        await room.Documents.UpdateDocumentAsync(plan, CancellationToken.None);
        await GitStates.EnterAsync(room, "lock");
        await room.Steps.StepAsync(plan.Id, CancellationToken.None);
        Assert.Equal(UpdateState.Journaled, room.Documents.Find(plan.Id)!.State);
        await GitStates.LeaveAsync(room, "lock");

        using var manager = new RunningManager(room);

        await manager.WaitFor(EventTypes.UpdateApplied, plan.Id).WaitAsync(s_limit);
        Assert.Equal(1, room.CommitsOf(plan.Id));
    }

    [Fact]
    public async Task Run_IndexLocked_WaitsWithHealthAndGoesOnByItself()
    {
        await using var room = await DocumentRoom.CreateAsync();
        await GitStates.EnterAsync(room, "lock");
        using var manager = new RunningManager(room);
        var plan = await room.ThreeFilePlanAsync();
        var waiting = manager.WaitFor(EventTypes.UpdateWaiting, plan.Id);
        await room.Documents.UpdateDocumentAsync(plan, CancellationToken.None);

        await waiting.WaitAsync(s_limit);
        Assert.Equal(HealthState.Degraded, room.Health.Find("git")!.State);
        Assert.Contains("index.lock", room.Health.Find("git")!.Remedy, StringComparison.Ordinal);

        var applied = manager.WaitFor(EventTypes.UpdateApplied, plan.Id);
        await GitStates.LeaveAsync(room, "lock");
        await applied.WaitAsync(s_limit);
        Assert.Equal(HealthState.Ok, room.Health.Find("git")!.State);
    }

    [Fact]
    public async Task Run_HookAlwaysRefuses_GivesUpAndSaysSo()
    {
        await using var room = await DocumentRoom.CreateAsync();
        room.WriteHook("pre-commit", "echo no >&2; exit 1");
        using var manager = new RunningManager(room);
        var plan = await room.AppendPlanAsync("proposal.md", "- one\n");
        var applied = manager.WaitFor(EventTypes.UpdateApplied, plan.Id);

        await room.Documents.UpdateDocumentAsync(plan, CancellationToken.None);

        await applied.WaitAsync(s_limit);
        Assert.Null(room.Documents.Find(plan.Id)!.Commit);
        Assert.NotNull(room.Documents.Find(plan.Id)!.CommitNote);
        Assert.Equal(HealthState.Degraded, room.Health.Find("git")!.State);
    }

    private sealed class RunningManager : IDisposable
    {
        private readonly DocumentRoom _room;
        private readonly DocumentManager _manager;

        public RunningManager(DocumentRoom room)
        {
            _room = room;
            var supervisor = new ServiceSupervisor(new NoLifetime(), TimeProvider.System, NullLogger<ServiceSupervisor>.Instance);
            _manager = new DocumentManager(room.Store, room.Steps, room.Events, room.Health, room.Repository, room.Settings, TimeProvider.System, supervisor, NullLogger<DocumentManager>.Instance);
            _manager.StartAsync(CancellationToken.None).GetAwaiter().GetResult();
        }

        /// <summary>The event, whether it comes or has come already.</summary>
        public Task<WorkflowEvent> WaitFor(string type, UpdateId id)
        {
            var seen = new TaskCompletionSource<WorkflowEvent>(TaskCreationOptions.RunContinuationsAsynchronously);
            _room.Events.Subscribe(happened =>
            {
                if (happened.Type == type && happened.Subject == id.Value)
                    seen.TrySetResult(happened);
            });
            if (_room.EventTypes(id).Contains(type))
                seen.TrySetResult(new WorkflowEvent(0, default, type, null, null, id.Value, default));
            return seen.Task;
        }

        public void Dispose()
        {
            _manager.StopAsync(CancellationToken.None).GetAwaiter().GetResult();
            _manager.Dispose();
        }
    }

    private sealed class NoLifetime : IHostApplicationLifetime
    {
        public CancellationToken ApplicationStarted => default;

        public CancellationToken ApplicationStopping => default;

        public CancellationToken ApplicationStopped => default;

        public void StopApplication()
        {
        }
    }
}
