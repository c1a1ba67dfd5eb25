using McpOrchestrator.Agents;
using McpOrchestrator.Agents.Configuration;
using McpOrchestrator.Agents.Programs;
using McpOrchestrator.Tests.Sockets;

namespace McpOrchestrator.Tests.Agents;

/// <summary>Real programs, good ones and bad ones.</summary>
public sealed class CommandAgentTests : IDisposable
{
    private readonly SocketTestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Ask_ProgramEchoesWhatItRead_GetsTheQuestionAsJson()
    {
        var answer = await AskAsync("""read -r line; printf '{"answer": %s, "confidence": 0.9}' "$(printf '%s' "$line" | sed 's/\\/\\\\/g; s/"/\\"/g; s/.*/"&"/')" """, question: "How \"long\"?\n$(rm -rf /)");

        Assert.Contains("\"question\":\"How \\u0022long\\u0022?\\n$(rm -rf /)\"", answer.Answer, StringComparison.Ordinal);
        Assert.Contains("\"change\":\"add-x\"", answer.Answer, StringComparison.Ordinal);
        Assert.Contains($"\"repository\":\"{_folder.Root}\"", answer.Answer, StringComparison.Ordinal);
        Assert.Equal(0.9, answer.Confidence);
    }

    [Fact]
    public async Task Ask_ProgramDoesNotKnow_IsNull() => Assert.Null((await AskAsync("echo '{\"answer\": null}'")).Answer);

    [Fact]
    public async Task Ask_EvidenceInRepository_IsCheckedAndHashed_InventedOneIsDroppedAndCostsConfidence()
    {
        File.WriteAllText(_folder.File("notes.md"), "one\r\nBackups are kept for 35 days.\r\nthree\r\n");

        var good = await AskAsync("""echo '{"answer": "35 days", "confidence": 0.8, "evidence": [{"path": "notes.md", "line": 9, "quote": "Backups are kept for 35 days."}]}'""");
        var evidence = Assert.Single(good.Evidence);
        Assert.Equal((2, 2, 0.8, McpOrchestrator.Agents.Librarian.Answering.Quotes.HashOf("Backups are kept for 35 days.")), (evidence.Line, evidence.EndLine, good.Confidence, evidence.Hash));

        foreach (var path in new[] { "notes.md", "../notes.md", "/etc/passwd", "missing.md" })
        {
            var bad = await AskAsync($$"""echo '{"answer": "35 days", "confidence": 0.8, "evidence": [{"path": "{{path}}", "quote": "Backups are kept for ever."}]}'""");
            Assert.Empty(bad.Evidence);
            Assert.InRange(bad.Confidence, 0, 0.4);
        }
    }

    [Theory]
    [InlineData("echo broken >&2; exit 3", "ended with exit code 3: broken")]
    [InlineData("echo hello", "did not write an object such as")]
    [InlineData("echo '[1]'", "did not write an object such as")]
    [InlineData("yes | head -c 3000000", "wrote more than 1000 bytes")]
    [InlineData("kill -9 $$", "ended with exit code 137")]
    public async Task Ask_ProgramMisbehaves_SaysHow(string script, string message) =>
        Assert.Contains(message, (await Assert.ThrowsAsync<AgentFaultException>(() => AskAsync(script))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Ask_ProgramHangs_IsStoppedWithItsChildren()
    {
        var error = await Assert.ThrowsAsync<AgentFaultException>(() => AskAsync($"sleep 300 & echo $! >{_folder.File("pid")}; wait", timeout: TimeSpan.FromSeconds(5)));

        Assert.Contains("was stopped after 5 seconds", error.Message, StringComparison.Ordinal);
        var child = File.ReadAllText(_folder.File("pid")).Trim();
        await Testing.Eventually.HoldsAsync("the child is gone", () => IsGone(child));
    }

    private static bool IsGone(string process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return true;
        }
    }

    [Fact]
    public async Task Ask_Environment_HoldsOnlyWhatIsNamed()
    {
        Environment.SetEnvironmentVariable("WO_TEST_SECRET", "hidden");
        Environment.SetEnvironmentVariable("WO_TEST_WANTED", "seen");

        var answer = await AskAsync("""printf '{"answer": "secret=%s wanted=%s set=%s path=%s"}' "$WO_TEST_SECRET" "$WO_TEST_WANTED" "$SET" "${PATH:+yes}" """, environment: ["WO_TEST_WANTED", "SET=a b"]);

        Assert.Equal("secret= wanted=seen set=a b path=yes", answer.Answer);
    }

    [Fact]
    public void Condition_ProgramMissing_SaysSo()
    {
        var agent = Agent(new ProgramCall("no-such-program-anywhere", [], [], "."), TimeSpan.FromSeconds(1));
        Assert.Contains("is not there", agent.Condition.Problem, StringComparison.Ordinal);
        Assert.Null(Agent(new ProgramCall("sh", [], [], "."), TimeSpan.FromSeconds(1)).Condition.Problem);
    }

    [Theory]
    [InlineData("When was the search limit changed?", "\"Search: the limit is 300 ms\" (commit a1 of 2026-01-02 by Ada)")]
    [InlineData("Who introduced OAuth tokens?", null)]
    [InlineData("Why?", null)]
    public void GitHistory_Question_FindsTheCommitOrNone(string question, string? answer)
    {
        var commits = GitHistory.Parse("\u001ea1\u001f2026-01-02\u001fAda\u001fSearch: the limit is 300 ms\u001fbecause\n\nspecs/search.md\n\u001eb2\u001f2026-01-01\u001fBob\u001fFirst\u001f\n");
        Assert.Equal(2, commits.Count);
        Assert.Equal(answer, GitHistory.Answer(question, commits)?.Text);
    }

    private Task<AgentAnswer> AskAsync(string script, string question = "?", TimeSpan? timeout = null, params string[] environment) =>
        Agent(new ProgramCall("/bin/bash", ["-c", script], environment, "."), timeout ?? TimeSpan.FromSeconds(30))
            .AskAsync(new AgentQuestion(question, new AskContext("add-x", null, ""), "c1"), CancellationToken.None).Within();

    private CommandAgent Agent(ProgramCall program, TimeSpan timeout) => new(
        new AgentDefinition.Command(new AgentProfile("cmd", "command", "d", []), AgentLimits.Default with { Timeout = timeout }, program, 1000, 0.5), _folder.Root);
}
