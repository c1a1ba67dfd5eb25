using Microsoft.Extensions.Logging.Abstractions;
using Workflow.Feedback.Tuning;
using Workflow.Hosting.Tunables;
using Workflow.Storage;
using Workflow.Tests.Changes;

namespace Workflow.Tests.Feedback.Tuning;

/// <summary>Each <see cref="StartAsync"/> is a start of the process on the same store; one that is not stopped was ended by force.</summary>
public sealed class TunableKeeperTests : IAsyncLifetime
{
    private readonly Testing.FakeTime _time = new();
    private TempStore _store = null!;

    public Task InitializeAsync()
    {
        _store = OpenStore(_time);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await _store.DisposeAsync();

    [Fact]
    public async Task Start_AfterAStopInOrder_KeepsWhatIsUnderGuard()
    {
        var (keeper, _) = await StartAsync();
        await ChangeAsync(4, settled: false);
        await keeper.StopAsync(CancellationToken.None);

        Assert.Equal(4, (await StartAsync()).Board.Integer(Tunable.MaxConcurrentQuestions));
    }

    [Fact]
    public async Task Start_AfterAnEndByForceBetweenChangeAndVerdict_RevertsBeforeWork()
    {
        await StartAsync();
        await ChangeAsync(4, settled: false);
        _time.Advance(TimeSpan.FromHours(5));

        var (_, board) = await StartAsync();

        Assert.Equal(10, board.Integer(Tunable.MaxConcurrentQuestions));
        Assert.Equal(2, new TunableJournal(_store.Store, _time).Read().Count); // nothing is deleted
    }

    [Fact]
    public async Task Start_AfterAnEndByForceDuringATrial_IsAsBefore()
    {
        var (_, board) = await StartAsync();
        Assert.True(Tunable.MaxConcurrentQuestions.TryValue(16, out var value, out _));
        board.Try(value);

        Assert.Equal(10, (await StartAsync()).Board.Integer(Tunable.MaxConcurrentQuestions));
    }

    [Fact]
    public async Task Start_AfterAnEndByForceLongAfterASettledChange_KeepsIt()
    {
        await StartAsync();
        await ChangeAsync(4, settled: true);
        _time.Advance(TimeSpan.FromHours(1));
        await _store.Store.WriteAsync(transaction => transaction.Append(new NewEvent(EventTypes.WatcherRearmed)));

        Assert.Equal(4, (await StartAsync()).Board.Integer(Tunable.MaxConcurrentQuestions));
    }

    [Fact]
    public async Task Start_Disabled_RestoresTheSettingsForGood()
    {
        var (keeper, _) = await StartAsync();
        await ChangeAsync(4, settled: true);
        await keeper.StopAsync(CancellationToken.None);

        var (disabled, board) = await StartAsync(("feedback_loop.enabled", "false"));
        Assert.Equal(10, board.Integer(Tunable.MaxConcurrentQuestions));
        await disabled.StopAsync(CancellationToken.None);

        Assert.Equal(10, (await StartAsync()).Board.Integer(Tunable.MaxConcurrentQuestions));
    }

    [Theory]
    [InlineData("document_updates.max_files", 1000)]
    [InlineData("question_routing.max_concurrent_questions", 1000)]
    [InlineData("'; DROP TABLE improvement; --", 1)]
    public async Task Start_JournalWrittenBySomebodyElse_ChangesNothing(string tunable, double value)
    {
        var (keeper, _) = await StartAsync();
        await _store.Store.WriteAsync(transaction => transaction.Execute(
            "INSERT INTO tunable_change(at, tunable, from_value, to_value, why, settled) VALUES(0, @tunable, 0, @value, 'x', 1)", new { tunable, value }));
        await keeper.StopAsync(CancellationToken.None);

        var (_, board) = await StartAsync();

        Assert.All(Tunable.All, each => Assert.Equal(board.Default(each), board.Kept(each)));
    }

    private async Task<(TunableKeeper Keeper, TunableBoard Board)> StartAsync(params (string Key, string Value)[] values)
    {
        var settings = TunableTests.Settings(values);
        var board = new TunableBoard(settings);
        var keeper = new TunableKeeper(_store.Store, new TunableJournal(_store.Store, _time), board, settings, _time, NullLogger<TunableKeeper>.Instance);
        await keeper.StartAsync(CancellationToken.None);
        return (keeper, board);
    }

    private Task ChangeAsync(double to, bool settled)
    {
        Assert.True(Tunable.MaxConcurrentQuestions.TryValue(to, out var value, out _));
        return _store.Store.WriteAsync(transaction => new TunableJournal(_store.Store, _time).Append(transaction, value, 10, "improve-x", "test", settled));
    }

    private static TempStore OpenStore(TimeProvider time) => new(time);
}
