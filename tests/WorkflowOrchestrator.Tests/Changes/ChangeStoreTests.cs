using Testing;
using Workflow.Changes;
using Workflow.Storage;

namespace Workflow.Tests.Changes;

public sealed class ChangeStoreTests : IAsyncLifetime, IAsyncDisposable
{
    private static readonly ChangeId Id = ChangeId.Parse("add-login");

    private readonly FakeTime _time = new();
    private readonly TempStore _temp;

    public ChangeStoreTests() => _temp = new TempStore(_time);

    private ChangeStore Changes => _temp.Changes;

    public Task InitializeAsync() => Task.CompletedTask;

    // What xunit 2 calls: it does not know IAsyncDisposable.
    Task IAsyncLifetime.DisposeAsync() => _temp.DisposeAsync().AsTask();

    public ValueTask DisposeAsync() => _temp.DisposeAsync();

    private static ScannedChange Scanned(string text, params ChangeProblem[] problems)
    {
        var sha256 = RevisionHasher.HashDocument(System.Text.Encoding.UTF8.GetBytes(text));
        var file = new ScannedFile("proposal.md", sha256, new FileStamp(OpenSpec.OpenSpecEntryKind.File, 1, 1, text.Length, 0, 0), true, true);
        return new ScannedChange(Id, RevisionHasher.Compute([("proposal.md", sha256)]), [file], problems);
    }

    private async Task<RevisionHash> Save(string text, params ChangeProblem[] problems)
    {
        _time.Advance(TimeSpan.FromSeconds(1));
        var change = Scanned(text, problems);
        await Changes.RecordAsync([new ChangeDelta.NewRevision(change)], CancellationToken.None);
        return change.Revision;
    }

    private Task<bool> Set(RevisionHash hash, ChangeStage stage, string? reason = null) =>
        _temp.Store.WriteAsync(transaction => Changes.SetStage(transaction, Id, hash, stage, reason));

    private ChangeStage StageOf(RevisionHash hash) => Changes.Find(Id, hash)!.Stage;

    [Fact]
    public async Task Record_NewRevision_IsDetectedWithItsEvent()
    {
        var hash = await Save("one");

        Assert.Equal((ChangeStage.Detected, RevisionOrigin.Human, 0), Changes.CurrentRevision(Id) is { } found ? (found.Stage, found.Origin, found.Attempts) : default);
        Assert.Equal(hash, Assert.Single(Changes.Unfinished()).Hash);
        var committed = Assert.Single(_temp.Events);
        Assert.Equal((EventTypes.RevisionDetected, Id.Value, hash.Value), (committed.Type, committed.Change, committed.Revision));
        Assert.Equal(3, committed.Data.GetProperty("bytes").GetInt64());
    }

    [Fact]
    public async Task Record_NewerRevision_SupersedesUnfinishedOne()
    {
        var first = await Save("one");
        await Set(first, ChangeStage.Reviewing);
        await Set(first, ChangeStage.AwaitingAnswers, "2 questions");

        var second = await Save("two");

        Assert.Equal(ChangeStage.Superseded, StageOf(first));
        Assert.Equal(second, Changes.CurrentRevision(Id)!.Hash);
        Assert.Equal(second, Assert.Single(Changes.Unfinished()).Hash);
        Assert.Equal(EventTypes.RevisionStage, _temp.EventsOf(Id.Value)[^1]);
        Assert.Equal(second.Value, _temp.Events.Last().Data.GetProperty("by").GetString());
        Assert.False(await Set(first, ChangeStage.Drafting));
    }

    [Fact]
    public async Task Record_DoneRevision_IsLeftDone()
    {
        var first = await Save("one");
        await Set(first, ChangeStage.Reviewing);
        await Set(first, ChangeStage.Done);

        var second = await Save("two");

        Assert.Equal(ChangeStage.Done, StageOf(first));
        Assert.Equal(ChangeStage.Detected, StageOf(second));
    }

    [Theory]
    [InlineData(nameof(ChangeStage.Done))]
    [InlineData(nameof(ChangeStage.AwaitingAnswers))]
    [InlineData(nameof(ChangeStage.Parked))]
    public async Task Record_KnownRevisionAgain_StartsNothing(string name)
    {
        var stage = Enum.Parse<ChangeStage>(name);
        var hash = await Save("one");
        await Set(hash, ChangeStage.Reviewing);
        await Set(hash, stage, "why");

        await Save("one");

        Assert.Equal((stage, "why"), (StageOf(hash), Changes.Find(Id, hash)!.Reason));
        Assert.Single(_temp.Events, committed => committed.Type == EventTypes.RevisionDetected);
        Assert.Equal(EventTypes.RevisionKnown, _temp.Events.Last().Type);
    }

    [Fact]
    public async Task Record_SupersededBytesComeBack_AreDetectedAgain()
    {
        var first = await Save("one");
        var second = await Save("two");
        await _temp.Store.WriteAsync(transaction => ChangeStore.CountAttempt(transaction, Id, second, "model away"));

        await Save("one");

        Assert.Equal(ChangeStage.Detected, StageOf(first));
        Assert.Equal(ChangeStage.Superseded, StageOf(second));
        Assert.Equal(first, Changes.WorkRevision(Id)!.Hash);
    }

    [Fact]
    public async Task Record_DaemonsOwnRevision_StartsNoReviewAndEndsNoWork()
    {
        var human = await Save("one");
        await Set(human, ChangeStage.Reviewing);
        await Set(human, ChangeStage.AwaitingAnswers);
        var own = Scanned("one, improved").Revision;
        await _temp.Store.WriteAsync(transaction => Changes.RegisterDaemonRevision(transaction, Id, own));

        await Save("one, improved");

        Assert.Equal(ChangeStage.AwaitingAnswers, StageOf(human));
        Assert.Equal((own, RevisionOrigin.Daemon), (Changes.CurrentRevision(Id)!.Hash, Changes.CurrentRevision(Id)!.Origin));
        Assert.Equal(human, Changes.WorkRevision(Id)!.Hash);
        Assert.Equal(human, Assert.Single(Changes.Unfinished()).Hash);
        Assert.True(Changes.IsSameWork(Id, human, own));
        Assert.Single(_temp.Events, committed => committed.Type == EventTypes.RevisionDetected);
    }

    [Fact]
    public async Task Record_OlderDaemonRevisionBroughtBack_EndsLaterWork()
    {
        await Save("one");
        var own = Scanned("one, improved").Revision;
        await _temp.Store.WriteAsync(transaction => Changes.RegisterDaemonRevision(transaction, Id, own));
        await Save("one, improved");
        var later = await Save("two");

        await Save("one, improved");

        Assert.Equal(ChangeStage.Superseded, StageOf(later));
        Assert.Empty(Changes.Unfinished());
    }

    [Fact]
    public async Task RegisterDaemonRevision_NewChange_IsKnownBeforeItIsOnDisk()
    {
        var own = Scanned("improvement").Revision;
        await _temp.Store.WriteAsync(transaction => Changes.RegisterDaemonRevision(transaction, Id, own));
        Assert.Empty(Changes.List(includeGone: true));
        Assert.Null(Changes.CurrentRevision(Id));

        await Changes.RecordAsync([new ChangeDelta.Returned(Scanned("improvement"))], CancellationToken.None);

        Assert.Equal(RevisionOrigin.Daemon, Changes.CurrentRevision(Id)!.Origin);
        Assert.Empty(Changes.Unfinished());
    }

    [Fact]
    public async Task Record_Gone_IsListedWithReasonAndHasNoWork()
    {
        var hash = await Save("one");

        await Changes.RecordAsync([new ChangeDelta.Gone(Id, new GoneReason(GoneKind.Archived, "2026-01-01-add-login"))], CancellationToken.None);

        Assert.Empty(Changes.Unfinished());
        Assert.Empty(Changes.List());
        Assert.Null(Changes.CurrentRevision(Id));
        Assert.Equal("archived as 2026-01-01-add-login", Assert.Single(Changes.List(includeGone: true)).Change.Gone!.ToString());
        Assert.Equal(EventTypes.ChangeGone, _temp.Events.Last().Type);

        await Changes.RecordAsync([new ChangeDelta.Returned(Scanned("one"))], CancellationToken.None);

        Assert.Equal(hash, Assert.Single(Changes.Unfinished()).Hash);
        Assert.Contains(EventTypes.ChangeReturned, _temp.EventsOf(Id.Value));
    }

    [Fact]
    public async Task Record_BlockedChange_IsParkedWithReason()
    {
        var hash = await Save("one", ChangeProblem.TooManyFiles(500));

        Assert.Equal(ChangeStage.Parked, StageOf(hash));
        Assert.Contains("500", Changes.Find(Id, hash)!.Reason, StringComparison.Ordinal);
        Assert.Empty(Changes.Unfinished());
        Assert.Equal([ChangeProblem.TooManyFiles(500)], Changes.Known()[Id].Problems);
    }

    [Fact]
    public async Task SetStage_IllegalStep_Throws()
    {
        var hash = await Save("one");

        await Assert.ThrowsAsync<IllegalStageException>(() => Set(hash, ChangeStage.Applying));
        await Assert.ThrowsAsync<KeyNotFoundException>(() => Set(new RevisionHash("none"), ChangeStage.Reviewing));
        Assert.Equal(ChangeStage.Detected, StageOf(hash));
    }

    [Fact]
    public async Task SetStage_NextStage_ForgetsAttempts()
    {
        var hash = await Save("one");
        Assert.Equal(1, await _temp.Store.WriteAsync(transaction => ChangeStore.CountAttempt(transaction, Id, hash, "no model")));
        Assert.Equal(2, await _temp.Store.WriteAsync(transaction => ChangeStore.CountAttempt(transaction, Id, hash, "no model")));

        await Set(hash, ChangeStage.Reviewing);

        Assert.Equal((0, null), (Changes.Find(Id, hash)!.Attempts, Changes.Find(Id, hash)!.Reason));
        Assert.Equal("Reviewing", _temp.Events.Last().Data.GetProperty("to").GetString());
    }

    [Fact]
    public async Task Restart_ParkedRevision_IsDetectedAgain()
    {
        var hash = await Save("one");
        await Set(hash, ChangeStage.Parked, "gave up");

        Assert.True(await _temp.Store.WriteAsync(transaction => Changes.Restart(transaction, Id, hash)));
        Assert.Equal(ChangeStage.Detected, StageOf(hash));
        await Set(hash, ChangeStage.Reviewing);
        Assert.False(await _temp.Store.WriteAsync(transaction => Changes.Restart(transaction, Id, hash)));
    }

    [Fact]
    public async Task Restart_AfterTheDaemonsOwnWriting_WorksOnWhatIsOnDisk()
    {
        var human = await Save("one");
        var own = Scanned("one, improved").Revision;
        await _temp.Store.WriteAsync(transaction => Changes.RegisterDaemonRevision(transaction, Id, own));
        await Save("one, improved");
        await Set(human, ChangeStage.Parked, "gave up");
        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.True(await _temp.Store.WriteAsync(transaction => Changes.Restart(transaction, Id, human)));

        Assert.Equal(human, Changes.WorkRevision(Id)!.Hash);
        Assert.True(Changes.IsSameWork(Id, human, own));
        await Save("one, improved");
        Assert.Equal(ChangeStage.Detected, StageOf(human));
    }

    [Fact]
    public async Task RegisterDaemonRevision_SupersededHumanBytes_AreNotStartedOver()
    {
        var first = await Save("one");
        await Save("two");
        await _temp.Store.WriteAsync(transaction => Changes.RegisterDaemonRevision(transaction, Id, first));

        await Save("one");

        Assert.Equal((ChangeStage.Done, RevisionOrigin.Daemon), (StageOf(first), Changes.Find(Id, first)!.Origin));
    }

    [Fact]
    public void IsLegal_EveryUnfinishedStage_CanBeSupersededAndParked()
    {
        foreach (var stage in Enum.GetValues<ChangeStage>().Where(StageTransitions.IsUnfinished))
        {
            Assert.True(StageTransitions.IsLegal(stage, ChangeStage.Superseded));
            Assert.True(StageTransitions.IsLegal(stage, ChangeStage.Parked));
        }

        Assert.DoesNotContain(Enum.GetValues<ChangeStage>(), stage => stage is not (ChangeStage.Superseded or ChangeStage.Detected) && StageTransitions.IsLegal(ChangeStage.Superseded, stage));
    }
}
