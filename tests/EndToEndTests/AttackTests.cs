using System.Net;
using EndToEndTests.Harness;
using Testing;

namespace EndToEndTests;

/// <summary>What others on the machine, and pages in the user's browser, may try.</summary>
[Trait("Category", "EndToEnd")]
public sealed class AttackTests
{
    private const int Unreachable = 3;
    private const string Nobody = "65534";
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    /// <summary>DNS rebinding: a page's own name resolves to this machine, and its requests carry that name.</summary>
    [Theory]
    [InlineData("evil.example")]
    [InlineData("evil.example:8732")]
    [InlineData("127.0.0.1.evil.example")]
    [InlineData("localhost.evil.example")]
    public async Task Request_UnderAForeignName_LearnsNothing(string host)
    {
        await using var served = await ServeAsync(out var port);
        await served.StartDaemonAsync();
        using var http = new HttpClient();
        foreach (var path in new[] { "/", "/healthz", "/readyz", "/metrics", "/mcp", "/api/events" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"http://127.0.0.1:{port}{path}")) { Headers = { Host = host } };
            using var response = await http.SendAsync(request);
            Assert.InRange((int)response.StatusCode, 400, 499);
            Assert.DoesNotContain(served.Root, await response.Content.ReadAsStringAsync());
        }
    }

    /// <summary>Cross-site request forgery: a page posts to this machine; the browser says from where.</summary>
    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/json")]
    public async Task Post_FromAForeignPage_ChangesNothing(string contentType)
    {
        await using var served = await ServeAsync(out var port);
        await served.StartDaemonAsync();
        using var http = new HttpClient();
        foreach (var path in new[] { "/mcp", "/api/answers", "/healthz", "/" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"http://127.0.0.1:{port}{path}"))
            {
                Content = new StringContent("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"reload_settings","arguments":{}}}""", null, contentType),
                Headers = { { "Origin", "https://evil.example" }, { "Sec-Fetch-Site", "cross-site" }, { "Accept", "application/json, text/event-stream" } },
            };
            using var response = await http.SendAsync(request);
            Assert.InRange((int)response.StatusCode, 400, 499);
            Assert.False(response.Headers.Contains("Access-Control-Allow-Origin"), "no page of another site may read this");
        }

        using var preflight = new HttpRequestMessage(HttpMethod.Options, new Uri($"http://127.0.0.1:{port}/mcp")) { Headers = { { "Origin", "https://evil.example" }, { "Access-Control-Request-Method", "POST" } } };
        using var answer = await http.SendAsync(preflight);
        Assert.NotEqual(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.False(answer.Headers.Contains("Access-Control-Allow-Origin"), "no page of another site may post");
    }

    [RootFact]
    public async Task Socket_OfTheDaemon_IsOfNoUseToAnotherUser()
    {
        await using var served = await ServeAsync(out _);
        await served.StartDaemonAsync();
        var refused = await AsNobodyAsync(served, Programs.Wo, "--repo", served.Root, "status");
        Assert.Equal(Unreachable, refused.ExitCode);
        Assert.Contains("may not connect", refused.Error);

        // Also when somebody has loosened the file: the daemon asks the kernel who connects.
        File.SetUnixFileMode(served.Socket, (UnixFileMode)0b110_110_110);
        refused = await AsNobodyAsync(served, Programs.Wo, "--repo", served.Root, "status");
        Assert.Equal(Unreachable, refused.ExitCode);
        Assert.DoesNotContain("version", refused.Output);
        Assert.Equal(0, (await served.WoAsync("status")).ExitCode);
    }

    [RootFact]
    public async Task SocketPath_SquattedByAnotherUser_IsTrustedByNobody()
    {
        await using var served = await ServeAsync(out _);
        var shared = Directory.CreateDirectory(Path.Combine(served.Folder, "shared"), (UnixFileMode)0b1_111_111_111).FullName;
        File.SetUnixFileMode(shared, (UnixFileMode)0b1_111_111_111); // as /tmp
        served.Environment["WORKFLOW_ORCHESTRATOR_SOCKET"] = Path.Combine(shared, "wo.sock");
        var log = Path.Combine(shared, "heard");
        var squatter = served.StartProgram(
            "setpriv", $"--reuid={Nobody}", $"--regid={Nobody}", "--clear-groups", "node", "-e",
            $"require('net').createServer(c => c.on('data', d => require('fs').appendFileSync('{log}', d))).listen('{served.Socket}', () => require('fs').chmodSync('{served.Socket}', 0o777))");
        await Eventually.HoldsAsync("the squatter listens", () => File.Exists(served.Socket) && (File.GetUnixFileMode(served.Socket) & UnixFileMode.OtherWrite) != UnixFileMode.None, () => squatter.Output);

        var command = await served.WoAsync("answer", "q-1", "a secret answer");
        Assert.Equal(Unreachable, command.ExitCode);
        Assert.Contains(Nobody, command.Error);
        var start = await served.WoAsync("run");
        Assert.Equal(1, start.ExitCode);
        Assert.Contains(served.Socket, start.Error);
        Assert.False(File.Exists(log), "the squatter heard something");
        Assert.False(squatter.HasExited);
    }

    [Fact]
    public async Task SocketPath_ThatIsALink_IsRefusedAndItsTargetKept()
    {
        await using var served = await ServeAsync(out _);
        var precious = Path.Combine(served.Folder, "precious");
        await File.WriteAllTextAsync(precious, "dear\n");
        File.CreateSymbolicLink(served.Socket, precious);
        var start = await served.WoAsync("run");
        Assert.Equal(1, start.ExitCode);
        Assert.Equal("dear\n", await File.ReadAllTextAsync(precious));
        Assert.Contains("symbolic link", (await served.WoAsync("doctor")).Output);
    }

    [Fact]
    public async Task State_IsForItsOwnerAlone()
    {
        await using var served = await ServeAsync(out _);
        await served.StartDaemonAsync();
        await served.WaitSettledAsync();
        const UnixFileMode others = (UnixFileMode)0b000_111_111;
        Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(served.StateFolder) & others);
        Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(served.Socket) & others);
    }

    private static Task<Platform.Processes.ChildProcessResult> AsNobodyAsync(ServedRepository served, params string[] command) =>
        served.RunAsync("setpriv", s_limit, [$"--reuid={Nobody}", $"--regid={Nobody}", "--clear-groups", .. command]);

    private static Task<ServedRepository> ServeAsync(out int port)
    {
        port = FreePort.Find();
        return ServeOnAsync(port);
    }

    private static async Task<ServedRepository> ServeOnAsync(int port)
    {
        var served = await ServedRepository.CreateAsync(root => { SampleRepository.Write(root, 1); return Task.CompletedTask; });
        served.Environment["WO__HTTP__LISTEN"] = $"127.0.0.1:{port}";
        return served;
    }
}

/// <summary>A test that has to act as another user: only root may. Skipped, and reported so, for others.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RootFactAttribute : FactAttribute
{
    public RootFactAttribute()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
            Skip = "only root may act as another user";
    }
}
