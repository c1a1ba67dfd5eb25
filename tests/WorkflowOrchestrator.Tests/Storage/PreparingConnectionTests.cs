using Dapper;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Data.Sqlite;
using Platform.Sqlite;

namespace Workflow.Tests.Storage;

/// <summary>Kept statements against the provider's own commands: whatever is written and read by either is the same.</summary>
public sealed class PreparingConnectionTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wo-sqlite-").FullName;
    private readonly SqliteConnection _kept;
    private readonly SqliteConnection _plain;

    public PreparingConnectionTests()
    {
        SystemSqlite.Initialize();
        var settings = new SqliteConnectionStringBuilder { DataSource = Path.Combine(_folder, "t.db"), Pooling = false }.ToString();
        _kept = new PreparingConnection(settings);
        _plain = new SqliteConnection(settings);
        _kept.Open();
        _plain.Open();
        _kept.Execute("PRAGMA journal_mode=WAL; CREATE TABLE item(id INTEGER PRIMARY KEY, text TEXT, whole INTEGER, part REAL, bytes BLOB, anything)");
    }

    [Fact]
    public void InsertAndSelect_AnyValues_AreAsTheProviderHasThem() => Prop.ForAll(Rows(), row =>
    {
        const string insert = "INSERT INTO item(text, whole, part, bytes, anything) VALUES (@Text, @Whole, @Part, @Bytes, @Anything) RETURNING id";
        const string query = "SELECT id, text, whole, part, bytes, anything, length(text) AS size, typeof(text) || typeof(whole) || typeof(part) || typeof(bytes) || typeof(anything) AS types FROM item WHERE id = @Id";
        var (kept, plain) = (_kept.QuerySingle<long>(insert, row), _plain.QuerySingle<long>(insert, row));
        string[] all =
        [
            .. from connection in new[] { _kept, _plain }
               from id in new[] { kept, plain }
               select Show(connection.QuerySingle<Item>(query, new { Id = id })),
        ];
        return all.Distinct().Count() == 1;
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact]
    public void Select_TextWithNul_IsReadWhole()
    {
        _kept.Execute("INSERT INTO item(text) VALUES (@Text)", new { Text = "a\0b" });
        Assert.Equal("a\0b", _kept.QuerySingle<string>("SELECT text FROM item"));
    }

    [Fact]
    public void Execute_TellsHowManyRowsChanged()
    {
        foreach (var text in new[] { "a", "b" })
            Assert.Equal(1, _kept.Execute("INSERT INTO item(text) VALUES (@text)", new { text }));
        Assert.Equal(2, _kept.Execute("UPDATE item SET whole = 1"));
        Assert.Equal(0, _kept.Execute("DELETE FROM item WHERE text = 'c'"));
        Assert.Equal(2, _kept.ExecuteScalar<int>("SELECT count(*) FROM item"));
        Assert.Null(_kept.QueryFirstOrDefault<string>("SELECT text FROM item WHERE id = 7"));
        Assert.Null(_kept.ExecuteScalar("SELECT text FROM item WHERE id = 7"));
    }

    [Fact]
    public void Execute_Fails_TellsWhyAndTheStatementCanRunAgain()
    {
        const string insert = "INSERT INTO item(id, text) VALUES (@Id, @Text)";
        _kept.Execute(insert, new { Id = 1, Text = "a" });
        Assert.Equal(19, Assert.Throws<SqliteException>(() => _kept.Execute(insert, new { Id = 1, Text = "b" })).SqliteErrorCode);
        _kept.Execute(insert, new { Id = 2, Text = "c" });
        Assert.Equal(["a", "c"], _kept.Query<string>("SELECT text FROM item ORDER BY id"));
    }

    [Fact]
    public void Query_HalfRead_HoldsNoLockAfterwards()
    {
        _kept.Execute("INSERT INTO item(text) VALUES ('a'), ('b'), ('c')");
        Assert.Equal("a", _kept.Query<string>("SELECT text FROM item ORDER BY id", buffered: false).First());
        _plain.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
        Assert.Equal(0, new FileInfo(Path.Combine(_folder, "t.db-wal")).Length);
    }

    [Fact]
    public void Query_SameStatementInsideItself_BothRun()
    {
        _kept.Execute("INSERT INTO item(text) VALUES ('a'), ('b')");
        const string all = "SELECT text FROM item ORDER BY id";
        Assert.Equal(["aa", "ab", "ba", "bb"], _kept.Query<string>(all, buffered: false).SelectMany(one => _kept.Query<string>(all).Select(other => one + other)));
    }

    [Fact]
    public void Execute_ParameterWithoutValue_IsToldByName() =>
        Assert.Contains("@Missing", Assert.Throws<InvalidOperationException>(() => _kept.Execute("UPDATE item SET text = @Missing")).Message);

    [Fact]
    public void Execute_SeveralStatementsOrUnknownType_AreRunByTheProvider()
    {
        _kept.Execute("INSERT INTO item(text) VALUES ('a'); UPDATE item SET text = 'b'");
        var id = Guid.NewGuid();
        _kept.Execute("UPDATE item SET anything = @Id", new { Id = id });
        Assert.Equal("b", _kept.QuerySingle<string>("SELECT text FROM item"));
        Assert.Equal(id.ToString(), _kept.QuerySingle<string>("SELECT anything FROM item"), ignoreCase: true);
    }

    public void Dispose()
    {
        _kept.Dispose();
        _plain.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static string Show(Item item) => System.Text.Json.JsonSerializer.Serialize(item with { Id = 0, Anything = $"{item.Anything?.GetType().Name} {(item.Anything is byte[] bytes ? Convert.ToHexString(bytes) : item.Anything)}" });

    private static Arbitrary<NewItem> Rows()
    {
        var text = Gen.OneOf(Gen.Constant(""), Gen.Elements("x", "é\U0001F600", "null", "7"), Gen.Choose(0, 3000).Select(length => new string('ä', length)));
        var whole = Gen.Elements(0L, -1, long.MaxValue, long.MinValue, 42);
        var part = Gen.Elements(0d, -1.5, 1e300, double.Epsilon);
        var bytes = Gen.Choose(0, 600).Select(length => Enumerable.Range(0, length).Select(i => (byte)i).ToArray());
        var anything = Gen.OneOf(text.Select(value => (object?)value), whole.Select(value => (object?)value), part.Select(value => (object?)value), bytes.Select(value => (object?)value), Gen.Constant((object?)null), Gen.Elements((object?)true, (byte)7, (short)-7, 1.5f));
        return (from a in OrNull(text)
                from b in Gen.OneOf(whole.Select(value => (long?)value), Gen.Constant((long?)null))
                from c in Gen.OneOf(part.Select(value => (double?)value), Gen.Constant((double?)null))
                from d in OrNull(bytes)
                from e in anything
                select new NewItem(a, b, c, d, e)).ToArbitrary();
    }

    private static Gen<T?> OrNull<T>(Gen<T> values)
        where T : class => Gen.OneOf(values.Select(value => (T?)value), Gen.Constant((T?)null));

    private sealed record NewItem(string? Text, long? Whole, double? Part, byte[]? Bytes, object? Anything);

    private sealed record Item
    {
        public long Id { get; init; }

        public string? Text { get; init; }

        public long? Whole { get; init; }

        public double? Part { get; init; }

        public byte[]? Bytes { get; init; }

        public object? Anything { get; init; }

        public long? Size { get; init; }

        public string Types { get; init; } = "";
    }
}
