using System.Collections.Concurrent;
using Dapper;
using McpOrchestrator.Agents.Librarian.Passages;
using McpOrchestrator.Agents.Librarian.Text;
using Microsoft.Data.Sqlite;
using Platform.Sqlite;

namespace McpOrchestrator.Agents.Librarian.Index;

/// <summary>
/// The full-text index: SQLite FTS5 over stemmed words. It holds nothing that the repository does not, so a file that is broken or of another
/// version is simply made anew.
/// </summary>
internal sealed class PassageStore : IAsyncDisposable
{
    private const int SchemaVersion = 2; // also raise it when Words, PorterStemmer MarkdownPassages or CommentPassages change what they produce

    // Contentless: the words are found through the index, the text stands in passages. A delete must give the same words again.
    private const string Schema =
        """
        CREATE TABLE files(id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, source INTEGER NOT NULL, size INTEGER NOT NULL,
          modified INTEGER NOT NULL, read INTEGER NOT NULL, hash TEXT NOT NULL);
        CREATE TABLE passages(id INTEGER PRIMARY KEY, file_id INTEGER NOT NULL REFERENCES files(id), kind INTEGER NOT NULL, line INTEGER NOT NULL,
          end_line INTEGER NOT NULL, title TEXT NOT NULL, context TEXT NOT NULL, text TEXT NOT NULL);
        CREATE INDEX passages_by_file ON passages(file_id);
        CREATE VIRTUAL TABLE passage_words USING fts5(title, context, body, content='', tokenize="unicode61 remove_diacritics 0");
        CREATE VIRTUAL TABLE passage_vocabulary USING fts5vocab(passage_words, 'row');
        """;

    private const int RememberedFrequencies = 100_000;

    private readonly SqliteDatabase _database;

    // What was read since the last change of the index. This process is the file's only writer.
    private volatile Known _known = new();

    private PassageStore(SqliteDatabase database) => _database = database;

    /// <summary>Opens the index file, or makes it anew when it cannot be used.</summary>
    internal static PassageStore Open(string path)
    {
        try
        {
            return new PassageStore(SqliteDatabase.Open(path, Prepare));
        }
        catch (SqliteException e) when (e.SqliteErrorCode is 11 or 26) // SQLITE_CORRUPT, SQLITE_NOTADB
        {
            foreach (var file in new[] { path, path + "-wal", path + "-shm" }) File.Delete(file);
            return new PassageStore(SqliteDatabase.Open(path, Prepare));
        }
    }

    /// <summary>The files of the index by path.</summary>
    internal IReadOnlyDictionary<string, IndexedFile> Files() => _known.Files ??= _database.Read(c =>
        c.Query<IndexedFile>("SELECT id AS Id, path AS Path, size AS Size, modified AS ModifiedTicks, read AS ReadTicks, hash AS Hash FROM files")
            .ToDictionary(f => f.Path, StringComparer.Ordinal));

    /// <summary>How much is indexed.</summary>
    internal (int Files, int Passages) Count()
    {
        var count = _known.Count ??= _database.Read(c => new Counts(c.ExecuteScalar<int>("SELECT count(*) FROM files"), c.ExecuteScalar<int>("SELECT count(*) FROM passages")));
        return (count.Files, count.Passages);
    }

    /// <summary>In how many passages a stem occurs.</summary>
    internal IReadOnlyDictionary<string, int> Frequencies(IReadOnlyCollection<string> stems)
    {
        var known = _known.Frequencies;
        if (known.Count > RememberedFrequencies) known.Clear();
        var missing = stems.Where(s => !known.ContainsKey(s)).ToList();
        if (missing.Count > 0)
        {
            _database.Read(c =>
            {
                foreach (var s in missing) known[s] = c.ExecuteScalar<int?>("SELECT doc FROM passage_vocabulary WHERE term = @s", new { s }) ?? 0;
                return 0;
            });
        }

        return stems.ToDictionary(s => s, s => known.GetValueOrDefault(s), StringComparer.Ordinal);
    }

    /// <summary>The best passages for an FTS5 expression.</summary>
    internal IReadOnlyList<Candidate> Search(string expression, int limit) => _database.Read(c => c.Query(
        """
        SELECT f.path, f.source, p.kind, p.line, p.end_line, p.title, p.context, p.text, w.rank
        FROM (SELECT rowid, bm25(passage_words, 4.0, 2.0, 1.0) AS rank FROM passage_words WHERE passage_words MATCH @expression ORDER BY rank LIMIT @limit) w
        JOIN passages p ON p.id = w.rowid JOIN files f ON f.id = p.file_id ORDER BY w.rank
        """,
        new { expression, limit }).Select(ToCandidate).ToList());

    /// <summary>Replaces or adds one batch of files and removes others, as one unit.</summary>
    internal Task ApplyAsync(IReadOnlyList<FileContent> changed, IReadOnlyList<IndexedFile> removed, CancellationToken cancellationToken) =>
        WriteAsync(
            c =>
            {
                foreach (var file in removed) RemovePassages(c, file.Id);
                foreach (var file in removed) c.Execute("DELETE FROM files WHERE id = @Id", new { file.Id });
                using var words = Command(c, "INSERT INTO passage_words(rowid, title, context, body) VALUES(@1, @2, @3, @4)", 4);
                using var passages = Command(c, "INSERT INTO passages(file_id, kind, line, end_line, title, context, text) VALUES(@1, @2, @3, @4, @5, @6, @7) RETURNING id", 7);
                foreach (var file in changed) Put(c, words, passages, file);
            },
            cancellationToken);

    /// <summary>Notes that files were read again and found unchanged.</summary>
    internal Task TouchAsync(IReadOnlyList<(long Id, ScannedFile File, long ReadTicks)> files, CancellationToken cancellationToken) =>
        WriteAsync(
            c =>
            {
                foreach (var (id, file, read) in files)
                    c.Execute("UPDATE files SET size = @Size, modified = @ModifiedTicks, read = @read WHERE id = @id", new { file.Size, file.ModifiedTicks, read, id });
            },
            cancellationToken);

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    private async Task WriteAsync(Action<SqliteConnection> work, CancellationToken cancellationToken)
    {
        try
        {
            await _database.WriteAsync(
                c =>
                {
                    work(c);
                    return 0;
                },
                cancellationToken);
        }
        finally
        {
            _known = new();
        }
    }

    private static void Prepare(SqliteConnection connection)
    {
        if (connection.ExecuteScalar<int>("PRAGMA user_version") == SchemaVersion) return;
        connection.Execute(
            "DROP TABLE IF EXISTS passage_vocabulary; DROP TABLE IF EXISTS passage_words; DROP TABLE IF EXISTS passages; DROP TABLE IF EXISTS files;");
        connection.Execute(Schema + $"PRAGMA user_version = {SchemaVersion};");
    }

    private static void Put(SqliteConnection c, SqliteCommand words, SqliteCommand passages, FileContent content)
    {
        var file = content.File;
        if (c.ExecuteScalar<long?>("SELECT id FROM files WHERE path = @Path", new { file.Path }) is { } old) RemovePassages(c, old);
        var id = c.ExecuteScalar<long>(
            """
            INSERT INTO files(path, source, size, modified, read, hash) VALUES(@Path, @Source, @Size, @ModifiedTicks, @ReadTicks, @Hash)
            ON CONFLICT(path) DO UPDATE SET source = excluded.source, size = excluded.size, modified = excluded.modified, read = excluded.read, hash = excluded.hash
            RETURNING id
            """,
            new { file.Path, Source = (int)file.Source, file.Size, file.ModifiedTicks, content.ReadTicks, content.Hash });
        foreach (var passage in content.Passages)
        {
            var row = (long)Run(passages, id, (int)passage.Kind, passage.Line, passage.EndLine, passage.Title, passage.Context, passage.Text)!;
            Run(words, row, Stems(passage.Title), Stems(passage.Context), Stems(passage.Text));
        }
    }

    private static void RemovePassages(SqliteConnection c, long fileId)
    {
        foreach (var (id, title, context, text) in c.Query<(long, string, string, string)>("SELECT id, title, context, text FROM passages WHERE file_id = @fileId", new { fileId }).AsList())
        {
            c.Execute(
                "INSERT INTO passage_words(passage_words, rowid, title, context, body) VALUES('delete', @id, @t, @c, @b)",
                new { id, t = Stems(title), c = Stems(context), b = Stems(text) });
        }

        c.Execute("DELETE FROM passages WHERE file_id = @fileId", new { fileId });
    }

    private static string Stems(string text) => string.Join(' ', Words.StemsOf(text));

    private static SqliteCommand Command(SqliteConnection c, string sql, int parameters)
    {
        var command = c.CreateCommand();
        command.CommandText = sql;
        for (var i = 1; i <= parameters; i++) command.Parameters.Add(new SqliteParameter("@" + i, null));
        return command;
    }

    private static object? Run(SqliteCommand command, params object[] values)
    {
        for (var i = 0; i < values.Length; i++) command.Parameters[i].Value = values[i];
        return command.ExecuteScalar();
    }

    private sealed record Counts(int Files, int Passages);

    private sealed class Known
    {
        internal IReadOnlyDictionary<string, IndexedFile>? Files { get; set; }

        internal Counts? Count { get; set; }

        internal ConcurrentDictionary<string, int> Frequencies { get; } = new(StringComparer.Ordinal);
    }

    private static Candidate ToCandidate(dynamic row)
    {
        var passage = new Passage((PassageKind)(int)(long)row.kind, (int)(long)row.line, (int)(long)row.end_line, (string)row.title, (string)row.context, (string)row.text);
        return new Candidate((string)row.path, (SourceKind)(int)(long)row.source, passage, (double)row.rank);
    }
}
