using Microsoft.Data.Sqlite;
using Workflow.Storage;

namespace Workflow.Tests.Storage;

public sealed class SqliteStoreTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wo-store").FullName;
    private readonly EventHub _events = new();
    private SqliteStore _store = null!;

    private string File => Path.Combine(_folder, "store.db");

    public Task InitializeAsync()
    {
        _store = SqliteStore.Open(File, TimeProvider.System, _events);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _store.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Write_Failure_RollsBackItsOwnWorkOnlyAndPublishesNothing()
    {
        var published = new List<string>();
        using var subscription = _events.Subscribe(e => published.Add(e.Type));
        var bad = _store.WriteAsync(transaction =>
        {
            transaction.Append(new NewEvent("bad"));
            throw new InvalidOperationException("mine");
        });
        var good = _store.WriteAsync(transaction => transaction.Append(new NewEvent("good", "a-change", Data: new { number = 7 })));

        await Assert.ThrowsAsync<InvalidOperationException>(() => bad);
        await good;

        Assert.Equal(["good"], published);
        Assert.Equal(["good"], _store.Read(reader => reader.Query<string>("SELECT type FROM event")));
    }

    [Fact]
    public async Task Write_ManyCallers_AllAreDurableInOrderOfTheirIds()
    {
        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => _store.WriteAsync(transaction => transaction.Append(new NewEvent($"event-{i}")))));
        await _store.DisposeAsync();

        _store = SqliteStore.Open(File, TimeProvider.System, _events);
        Assert.Equal(200, _store.Read(reader => reader.First<long>("SELECT count(DISTINCT type) FROM event")));
    }

    [Fact]
    public void Read_TriesToWrite_Fails() =>
        Assert.Throws<SqliteException>(() => _store.Read(reader => reader.Query<long>("INSERT INTO event(at, type) VALUES(1, 'x') RETURNING id")));

    [Fact]
    public void Scripts_Numbers_HaveNoGapAndNoneTwice() => // a script with a number that a store has passed would never run there
        Assert.Equal(Enumerable.Range(1, SchemaMigrations.Current), SchemaMigrations.Scripts().Select(script => script.Version).Order());

    [Fact]
    public async Task Open_NewerStore_RefusesAndLeavesItUntouched()
    {
        await _store.DisposeAsync();
        using (var connection = new SqliteConnection($"Data Source={File};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = $"PRAGMA user_version = {SchemaMigrations.Current + 1}";
            command.ExecuteNonQuery();
        }

        var before = System.IO.File.ReadAllBytes(File);
        var error = Assert.Throws<StoreVersionException>(() => SqliteStore.Open(File, TimeProvider.System, _events));

        Assert.Contains($"version {SchemaMigrations.Current + 1}", error.Message);
        Assert.Equal(before, System.IO.File.ReadAllBytes(File));
    }

    [Fact]
    public async Task Open_ExistingStore_KeepsItsData()
    {
        await _store.WriteAsync(transaction => transaction.Append(new NewEvent("kept")));
        await _store.DisposeAsync();

        _store = SqliteStore.Open(File, TimeProvider.System, _events);

        Assert.Equal("kept", _store.Read(reader => reader.First<string>("SELECT type FROM event")));
    }

    [Fact]
    public async Task Query_SameSqlAgain_TakesTheNewParametersAlsoAfterAFailureAndInsideItself()
    {
        const string Insert = "INSERT INTO event(id, at, type, subject) VALUES(@Id, 1, 'x', @Subject)";
        const string Find = "SELECT subject FROM event WHERE id = @Id";
        await _store.WriteAsync(transaction =>
        {
            transaction.Execute(Insert, new { Id = 1, Subject = "one" });
            Assert.Throws<SqliteException>(() => transaction.Execute(Insert, new { Id = 1, Subject = "twice" }));
            transaction.Execute(Insert, new { Id = 2, Subject = (string?)null });
            transaction.Execute(Insert, new { Id = 3, Subject = new string('x', 10_000) });
        });

        var subjects = _store.Read(reader => reader.Query<long>("SELECT id FROM event ORDER BY id").Select(id => reader.First<string>(Find, new { Id = id })).ToList());
        Assert.Equal(new List<string?> { "one", null, new('x', 10_000) }, subjects);
        Assert.Null(_store.Read(reader => reader.First<string>(Find, new { Id = 4 })));
        Assert.Equal([1, 2], _store.Read(reader => new[] { 1, 2 }.Select(count => reader.Query<long>("SELECT id FROM event WHERE id IN @Ids", new { Ids = new[] { 1, 2 }.Take(count) }).Count).ToArray()));
    }

    [Fact]
    public void Query_ManyDifferentTexts_EachGivesItsOwnResult() =>
        Assert.All(Enumerable.Range(0, 1000), number => Assert.Equal(number, _store.Read(reader => reader.First<long>($"SELECT {number}"))));

    [Fact]
    public async Task Query_SchemaHasChangedSince_SeesTheNewOne()
    {
        await _store.WriteAsync(transaction => transaction.Append(new NewEvent("one")));
        Assert.Equal(1, _store.Read(reader => reader.First<long>("SELECT count(*) FROM event")));
        using (var connection = new SqliteConnection($"Data Source={File};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "ALTER TABLE event ADD COLUMN added TEXT; CREATE INDEX event_added ON event(added)";
            command.ExecuteNonQuery();
        }

        await _store.WriteAsync(transaction => transaction.Append(new NewEvent("two")));
        Assert.Equal(2, _store.Read(reader => reader.First<long>("SELECT count(*) FROM event")));
    }
}
