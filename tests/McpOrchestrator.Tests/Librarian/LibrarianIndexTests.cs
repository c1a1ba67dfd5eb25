using McpOrchestrator.Agents.Configuration;
using McpOrchestrator.Agents.Librarian.Index;

namespace McpOrchestrator.Tests.Librarian;

/// <summary>The index follows the files, and what must not be read is not read.</summary>
public sealed class LibrarianIndexTests : IAsyncLifetime, IDisposable
{
    private const string Question = "How long are backups kept?";
    private readonly LibrarianFixture _fixture = new();

    private string Backups => Path.Combine(_fixture.Root, "openspec/specs/backups/spec.md");

    public Task InitializeAsync() => _fixture.InitializeAsync();

    public Task DisposeAsync() => _fixture.DisposeAsync();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Ask_FileChangedSinceLastQuestion_AnswersFromNewText()
    {
        Assert.Contains("35 days", (await _fixture.AskAsync(Question)).Answer, StringComparison.Ordinal);

        File.WriteAllText(Backups, File.ReadAllText(Backups).Replace("35 days", "99 days", StringComparison.Ordinal)); // same size, perhaps same time

        Assert.Contains("99 days", (await _fixture.AskAsync(Question)).Answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ask_FileRemoved_DoesNotKnowAnyMore()
    {
        var (files, passages) = _fixture.Agent.Count();
        File.Delete(Backups);

        Assert.Null((await _fixture.AskAsync(Question)).Answer);
        Assert.Equal(files - 1, _fixture.Agent.Count().Files);
        Assert.True(_fixture.Agent.Count().Passages < passages);
    }

    [Fact]
    public async Task Ask_FileAddedInNewFolder_IsFound()
    {
        Write("docs/new/deep/faxes.md", "# Faxes\n\nFaxes are kept for 77 days.\n");
        Assert.Contains("77 days", (await _fixture.AskAsync("How long are faxes kept?")).Answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refresh_NothingChanged_ReadsNothing()
    {
        foreach (var file in Directory.GetFiles(_fixture.Root, "*", SearchOption.AllDirectories)) File.SetLastWriteTimeUtc(file, new DateTime(2025, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        await using var store = PassageStore.Open(_fixture.Database + "2");
        var refresher = new IndexRefresher(_fixture.Root, AgentDefinition.BuiltIn with { Paths = ["."] }, store, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);

        var first = await refresher.RunAsync(CancellationToken.None);
        var second = await refresher.RunAsync(CancellationToken.None);

        Assert.Equal(first.Files, first.Changed);
        Assert.Equal(new RefreshResult(first.Files, 0, 0, 0), second);
    }

    [Theory]
    [InlineData(".hidden/x.md")]
    [InlineData("node_modules/p/README.md")]
    [InlineData("a/bin/x.md")]
    [InlineData("a/obj/x.md")]
    [InlineData("artifacts/x.md")]
    [InlineData("openspec/changes/open-one/proposal.md")]
    [InlineData("notes.txt")]
    public async Task Ask_TextInSkippedPlace_IsNotFound(string path)
    {
        Write(path, "# Faxes\n\nFaxes are kept for 77 days.\n");
        Assert.Null((await _fixture.AskAsync("How long are faxes kept?")).Answer);
    }

    [Fact]
    public async Task Ask_LinkOutOfRepository_IsNotFollowed()
    {
        var outside = Path.Combine(Path.GetDirectoryName(_fixture.Root)!, "outside");
        Directory.CreateDirectory(outside);
        File.WriteAllText(Path.Combine(outside, "faxes.md"), "# Faxes\n\nFaxes are kept for 77 days.\n");
        Directory.CreateSymbolicLink(Path.Combine(_fixture.Root, "docs", "linked"), outside);
        File.CreateSymbolicLink(Path.Combine(_fixture.Root, "docs", "faxes.md"), Path.Combine(outside, "faxes.md"));
        Directory.CreateSymbolicLink(Path.Combine(_fixture.Root, "docs", "circle"), _fixture.Root);

        Assert.Null((await _fixture.AskAsync("How long are faxes kept?")).Answer);
    }

    [Fact]
    public async Task Ask_BadFiles_AreLeftOutAndTheRestAnswers()
    {
        Write("docs/huge.md", "# Faxes\n\nFaxes are kept for 77 days.\n" + new string('x', (int)RepositoryScan.LargestFile));
        File.WriteAllBytes(Path.Combine(_fixture.Root, "docs", "latin1.md"), [.. "# Faxes\n\nFaxes are kept for 77 days, gr"u8, 0xfc, .. "n.\n"u8]);
        Write("docs/empty.md", "");

        Assert.Null((await _fixture.AskAsync("How long are faxes kept?")).Answer);
        Assert.NotNull((await _fixture.AskAsync(Question)).Answer);
    }

    [Fact]
    public async Task Open_FileIsNoDatabase_IsMadeAnew()
    {
        var path = _fixture.Database + ".broken";
        File.WriteAllText(path, new string('x', 5000));

        await using var store = PassageStore.Open(path);

        Assert.Equal((0, 0), store.Count());
    }

    [Fact]
    public async Task Open_IndexOfAnEarlierRun_IsUsedAgain()
    {
        var count = _fixture.Agent.Count();
        await _fixture.Agent.DisposeAsync();

        await using var agent = _fixture.Open();

        Assert.Equal(count, agent.Count());
    }

    [Fact]
    public async Task Ask_ManyAtOnceWhileFilesChange_AllAreAnswered()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(async i =>
        {
            if (i % 5 == 0) Write($"docs/n{i}.md", $"# N{i}\n\nText {i}.\n");
            return await _fixture.AskAsync(Question);
        }));
        Assert.All(answers, a => Assert.Contains("35 days", a.Answer, StringComparison.Ordinal));
    }

    private void Write(string path, string text)
    {
        var file = Path.Combine(_fixture.Root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}
