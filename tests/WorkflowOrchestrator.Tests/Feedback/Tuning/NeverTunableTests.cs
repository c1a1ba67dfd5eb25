using System.Collections;
using System.Reflection;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using ModelContextProtocol;
using ModelContextProtocol.Server;
using Workflow.Feedback.Experiments;
using Workflow.Feedback.Improvements;
using Workflow.Feedback.Tuning;
using Workflow.Hosting;
using Workflow.Hosting.Tunables;
using Workflow.Mcp;
using Workflow.Storage;
using Workflow.Tests.Changes;

namespace Workflow.Tests.Feedback.Tuning;

/// <summary>
/// Every path by which somebody could try to make the feedback loop move what it never may: settings, tools, the text of an improvement, its row in the store, the
/// journal, direct calls.
/// </summary>
public sealed class NeverTunableTests : IAsyncLifetime
{
    private static readonly string[] s_forbidden =
    [
        "document_updates.mode", "document_updates.max_files", "document_updates.max_updates_per_hour", "feedback_loop.improvement_threshold", "feedback_loop.auto_apply",
        "feedback_loop.max_replays_per_day", "review.max_attempts", "question_routing.min_confidence", "workflow_orchestrator.lm_studio_url", "evaluator", "guard",
    ];

    private readonly Testing.FakeTime _time = new();
    private readonly OrchestratorSettings _settings = TunableTests.Settings();
    private TempStore _store = null!;
    private TunableBoard _board = null!;
    private ImprovementStore _improvements = null!;
    private ImprovementDesk _desk = null!;

    public static TheoryData<string> Forbidden() => new(s_forbidden);

    public Task InitializeAsync()
    {
        _store = OpenStore(_time);
        _board = new TunableBoard(_settings);
        _improvements = new ImprovementStore(_store.Store);
        _desk = new ImprovementDesk(_store.Store, _improvements, new TunableJournal(_store.Store, _time), _board, _time);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await _store.DisposeAsync();

    [Theory]
    [InlineData("feedback_loop.tunables")]
    [InlineData("feedback_loop.never_tunable")]
    [InlineData("tunables.review.max_attempts")]
    public void Settings_KeyThatWouldAddATunable_IsRefused(string key) =>
        Assert.IsType<SettingsOutcome.Invalid>(SettingsLoader.Load(Path.GetTempPath(), null, new Hashtable { ["WO__" + key.Replace(".", "__", StringComparison.Ordinal).ToUpperInvariant()] = "1" }, new Dictionary<string, string?>()));

    // A tool that names a tunable or takes a value for one does not exist; whoever adds one meets this test.
    [Fact]
    public void Tools_NoneTakesATunableOrAValue()
    {
        var tools = typeof(ImprovementTools).Assembly.GetTypes().SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static))
            .Where(method => method.GetCustomAttribute<McpServerToolAttribute>() is not null).ToArray();

        Assert.True(tools.Length >= 20);
        Assert.DoesNotContain(tools.SelectMany(tool => tool.GetParameters()), parameter => parameter.Name is { } name && (name.Contains("tunable") || name.Contains("setting") || name is "value" or "key" or "to"));
        Assert.Equal(["improvement_id", "improvement_id", "limit", "state"], tools.Where(tool => tool.DeclaringType == typeof(ImprovementTools)).SelectMany(tool => tool.GetParameters()).Select(parameter => parameter.Name!).Order());
    }

    [Theory]
    [MemberData(nameof(Forbidden))]
    public async Task Tools_ApproveOrRevertOfASetting_IsRefused(string key)
    {
        var tools = new ImprovementTools(_improvements, _desk, _board);

        await Assert.ThrowsAsync<McpException>(() => tools.ApproveAsync(key));
        await Assert.ThrowsAsync<McpException>(() => tools.RevertAsync(key));
        Assert.DoesNotContain(tools.Tunables().Tunables, tunable => tunable.Name == key);
    }

    [Theory]
    [MemberData(nameof(Forbidden))]
    public async Task StoreRow_ImprovementThatNamesASetting_IsNeitherTriedNorPutInForceNorTakenBack(string key)
    {
        var improvement = await InsertAsync(key, 1000);

        Assert.False(improvement.TryValue(out _));
        Assert.False(await _desk.PutInForceAsync(improvement, "x", 1, CancellationToken.None));
        await _desk.TakeBackAsync(improvement, "x", CancellationToken.None);
        AssertUnchanged();
        Assert.Empty(new TunableJournal(_store.Store, _time).Read());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1000)]
    [InlineData(2.5)]
    public async Task StoreRow_ValueOutOfBounds_IsNotPutInForce(double to)
    {
        var improvement = await InsertAsync(Tunable.MaxConcurrentQuestions.Name, to);

        Assert.False(await _desk.PutInForceAsync(improvement, "x", 1, CancellationToken.None));
        AssertUnchanged();
    }

    [Fact]
    public async Task StoreRow_FromOutOfBounds_IsTakenBackToTheSetting()
    {
        var improvement = await InsertAsync(Tunable.MaxConcurrentQuestions.Name, 4, from: 5000);
        Assert.True(await _desk.PutInForceAsync(improvement, "x", 1, CancellationToken.None));

        await _desk.TakeBackAsync(improvement, "x", CancellationToken.None);

        AssertUnchanged();
    }

    [Theory]
    [MemberData(nameof(Forbidden))]
    public async Task Journal_RowsOfASetting_AreNotFollowedAlsoNotWhenTheyAreTakenBack(string key)
    {
        await _store.Store.WriteAsync(transaction =>
        {
            transaction.Execute("INSERT INTO daemon_run(started_at) VALUES(0)"); // ended by force
            transaction.Execute("INSERT INTO tunable_change(at, tunable, from_value, to_value, why, settled) VALUES(9223372036854775807, @key, 0, 1000, 'x', 1)", new { key });
            transaction.Execute("INSERT INTO tunable_change(at, tunable, from_value, to_value, improvement, why, settled) VALUES(-5, @key, 1000, 2000, 'improve-x', 'x', 0)", new { key });
        });

        await new TunableKeeper(_store.Store, new TunableJournal(_store.Store, _time), _board, _settings, _time, NullLogger<TunableKeeper>.Instance).StartAsync(CancellationToken.None);

        AssertUnchanged();
    }

    [Fact]
    public void DirectCall_ValueThatIsNone_CannotBeMade()
    {
        Assert.All([0, 17, -1, 1.5, double.NaN, double.PositiveInfinity], number => Assert.Throws<ArgumentOutOfRangeException>(() => new TunableValue(Tunable.MaxConcurrentQuestions, number)));
        Assert.Throws<InvalidOperationException>(() => _board.Keep(default));
        Assert.Throws<InvalidOperationException>(() => _board.Try(default));
        AssertUnchanged();
    }

    [Fact]
    public void DirectCall_ListOfTunables_CannotBeAddedTo()
    {
        Assert.False(Tunable.All is Tunable[] or List<Tunable>);
        if (Tunable.All is ICollection<Tunable> list)
            Assert.True(list.IsReadOnly);
        Assert.All(typeof(Tunable).GetProperties(), property => Assert.False(property.CanWrite));
        Assert.True(typeof(Tunable).IsSealed);
    }

    [Fact]
    public async Task StoreRow_StateThatIsNone_IsRefusedByTheStore()
    {
        var improvement = await InsertAsync(Tunable.MaxConcurrentQuestions.Name, 4);

        await Assert.ThrowsAsync<SqliteException>(() => _store.Store.WriteAsync(transaction => transaction.Execute("UPDATE improvement SET state = 'Wanted' WHERE id = @Id", new { improvement.Id })));
        await _store.Store.WriteAsync(transaction => transaction.Execute("UPDATE improvement SET created_at = 9223372036854775807, state_at = -1 WHERE id = @Id", new { improvement.Id }));

        Assert.Equal(ImprovementState.Trying, Assert.Single(_improvements.All()).State);
    }

    private static TempStore OpenStore(TimeProvider time) => new(time);

    private void AssertUnchanged() => Assert.All(Tunable.All, tunable => Assert.Equal((_board.Default(tunable), _board.Default(tunable)), (_board.Kept(tunable), _board.Integer(tunable))));

    private async Task<Improvement> InsertAsync(string tunable, double to, double from = 1)
    {
        var improvement = new Improvement("improve-x", "f", Improvement.TunableKind, "t", ImprovementState.Trying, 1, "e", _time.GetUtcNow(), _time.GetUtcNow()) { Tunable = tunable, From = from, To = to };
        await _store.Store.WriteAsync(transaction => ImprovementStore.Insert(transaction, improvement));
        return _improvements.Find("improve-x")!;
    }
}
