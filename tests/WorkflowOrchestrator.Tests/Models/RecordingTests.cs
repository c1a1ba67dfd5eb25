using System.Text;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging.Abstractions;
using Platform.Models;
using Platform.Models.Recording;
using Testing.Models;

namespace Workflow.Tests.Models;

/// <summary>Exchanges are kept without secrets and within limits, and a run can be repeated from them.</summary>
public sealed class RecordingTests : IDisposable
{
    private readonly string _folder = Path.Combine(Directory.CreateTempSubdirectory("wo-exchanges-").FullName, "exchanges");

    [Fact]
    public async Task Run_Recorded_IsRepeatedWithoutAServerToTheSameEnd()
    {
        var simulator = await ModelSimulator.StartAsync();
        simulator.Script(Replies.Text("no JSON"), Replies.Text(FailureRow.Good), Replies.Error(400, "Context size has been exceeded."), Replies.Text(FailureRow.Good, new StreamStyle { CutAfterPieces = 2 }), Replies.Text(FailureRow.Good));
        var request = new ModelRequestOptions("test") { Schema = FailureRow.Schema, Run = "demo@1" };
        var first = new List<ModelOutcome>();
        using (var server = Create(simulator))
        {
            foreach (var question in new[] { "one", "two", "three" })
                first.Add(await server.Client.AskAsync([new ChatMessage(ChatRole.User, question)], request, CancellationToken.None));
        }

        await simulator.DisposeAsync();
        var exchanges = ExchangeReplay.Load(_folder, "demo@1");
        Assert.Equal(5, exchanges.Count);
        Assert.All(await ExchangeReplay.RepeatAsync(exchanges, TimeProvider.System, CancellationToken.None), call => Assert.True(call is { IsSame: true, Outcome: not null }));
        Assert.Equal(("demo@1", 5), (ExchangeReplay.Runs(_folder)[0].Run, ExchangeReplay.Runs(_folder)[0].Exchanges));

        using var replay = ExchangeReplay.Serve(exchanges, TimeProvider.System);
        for (var i = 0; i < 3; i++)
        {
            var again = await replay.Client.AskAsync([new ChatMessage(ChatRole.User, new[] { "one", "two", "three" }[i])], request, CancellationToken.None);
            Assert.Equal(Summary(first[i]), Summary(again));
        }
    }

    [Fact]
    public async Task Secrets_InKeyAndDocuments_AreNotKept()
    {
        await using var simulator = await ModelSimulator.StartAsync(new SimulatorOptions { ApiKey = "sk-lm-abcdefgh:secretsecret" });
        simulator.Default = Replies.Text("the token is ghp_0123456789abcdefghijklmnopqrstuvwxyz");
        using (var server = Create(simulator, "sk-lm-abcdefgh:secretsecret"))
        {
            const string document = "password: hunter2hunter2 and sk-lm-abcdefgh:secretsecret and -----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----";
            Assert.IsType<ModelOutcome.Answered>(await server.Client.AskAsync([new ChatMessage(ChatRole.User, document)], new ModelRequestOptions("test"), CancellationToken.None));
        }

        var kept = string.Concat(Directory.GetFiles(_folder).Select(File.ReadAllText));
        foreach (var secret in new[] { "hunter2", "secretsecret", "MIIE", "ghp_0123", "Bearer" })
            Assert.DoesNotContain(secret, kept);
        Assert.Contains("[redacted]", kept);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Directory.GetFiles(_folder)[0]));
    }

    [Fact]
    public void Files_OverTheLimit_LoseTheOldestAndStaySmall()
    {
        const long limit = 8 * 64 * 1024;
        var files = new ExchangeFiles(_folder, limit);
        var model = new ModelInfo("m", ModelServerKind.LmStudio, 4096, 4096, 1);
        for (var i = 0; i < 400; i++)
            files.Append(new RecordedExchange(DateTimeOffset.UnixEpoch, $"run{i}", "test", 1, model, "k", new string('x', 4000), 200, "text/plain", "", false, null, false, 1));
        Assert.InRange(Directory.GetFiles(_folder).Sum(file => new FileInfo(file).Length), limit / 2, limit + (64 * 1024));
        var runs = ExchangeReplay.Runs(_folder);
        Assert.DoesNotContain(runs, run => run.Run == "run0");
        Assert.Contains(runs, run => run.Run == "run399");
    }

    [Fact]
    public void Files_LineCutByACrash_IsSkipped()
    {
        Directory.CreateDirectory(_folder);
        File.WriteAllText(Path.Combine(_folder, "exchanges-00000001.jsonl"), "{\"at\":\"2026-01-01T0", Encoding.UTF8);
        Assert.Empty(ExchangeFiles.Read(_folder));
    }

    [Fact]
    public async Task Folder_CannotBeWritten_CallsGoOn()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder)!);
        await File.WriteAllTextAsync(_folder, "a file where the folder should be");
        await using var simulator = await ModelSimulator.StartAsync();
        using var server = Create(simulator);
        Assert.IsType<ModelOutcome.Answered>(await server.Client.AskAsync([new ChatMessage(ChatRole.User, "?")], new ModelRequestOptions("test"), CancellationToken.None));
    }

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_folder)!, recursive: true);

    private static string Summary(ModelOutcome outcome) => outcome switch
    {
        ModelOutcome.Answered { Answer: var answer } => answer.Text,
        ModelOutcome.Failed { Failure: var failure } => failure.Kind.ToString(),
        _ => "",
    };

    private ModelServer Create(ModelSimulator simulator, string? key = null) =>
        ModelServer.Create(new ModelServerSettings(simulator.Address) { ProbeTimeout = TimeSpan.FromMinutes(1), RecordFolder = _folder, ApiKey = ApiKey.From(key) }, NullLoggerFactory.Instance, TimeProvider.System);
}
