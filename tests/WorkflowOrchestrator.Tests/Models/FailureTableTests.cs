using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Platform.Models;
using Testing.Models;
using Xunit.Abstractions;

namespace Workflow.Tests.Models;

/// <summary>Everything that a model server is known to do wrong, done by the simulator, and what the client makes of it.</summary>
public sealed class FailureTableTests(ITestOutputHelper output)
{
    private const int AtATime = 6;

    // Where a limit is not the matter of a row, none is reached on a slow machine.
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task EveryRow_OnARealPort_HasItsClassAndItsReaction()
    {
        using var places = new SemaphoreSlim(AtATime);
        var lines = await Task.WhenAll(FailureRows.All.Select(async row =>
        {
            await places.WaitAsync();
            try
            {
                return await RunAsync(row);
            }
            finally
            {
                places.Release();
            }
        }));
        var table = new StringBuilder("| row | what the server does | class | what the client did |\n|---|---|---|---|\n");
        foreach (var (line, _) in lines)
            table.AppendLine(line);
        output.WriteLine(table.ToString());
        Save(table.ToString());
        var wrong = lines.Where(line => line.Fault is not null).Select(line => line.Fault).ToList();
        Assert.True(wrong.Count == 0, string.Join("\n\n", wrong));
    }

    [Fact]
    public void Rows_OfTheReference_AreAllThere() =>
        Assert.Empty(FailureRows.Reference.Except(FailureRows.All.Select(row => row.Source)));

    [Fact]
    public void Kinds_OfFailure_AreAllShownByARowAndHaveAPolicy()
    {
        Assert.Empty(Enum.GetValues<ModelFailureKind>().Except(FailureRows.All.Where(row => row.Expected is not null).Select(row => row.Expected!.Value)));
        Assert.All(Enum.GetValues<ModelFailureKind>(), kind => Assert.NotNull(ModelFailure.PolicyOf(kind)));
    }

    private static async Task<(string Line, string? Fault)> RunAsync(FailureRow row)
    {
        try
        {
            await using var simulator = await ModelSimulator.StartAsync(row.Server);
            var settings = row.Settings(new ModelServerSettings(simulator.Address) { ProbeTimeout = s_patience, FirstTokenTimeout = s_patience, IdleTimeout = s_patience, AbandonedGrace = TimeSpan.Zero });
            using var server = ModelServer.Create(settings, NullLoggerFactory.Instance, TimeProvider.System);
            Assert.IsType<ModelState.Ready>(await server.Inventory.CheckAsync(CancellationToken.None));
            row.Arrange(simulator);
            var outcome = row.Act is null ? await row.AskAsync(server) : await row.Act(server, simulator);
            var failure = (outcome as ModelOutcome.Failed)?.Failure;
            Assert.True(failure?.Kind == row.Expected, $"expected {row.Expected?.ToString() ?? "an answer"}, got {failure?.ToString() ?? "an answer"}");
            if (row.Act is null || row.Expected is null)
                Assert.Equal(row.Requests, simulator.Requests.Count);
            row.Check?.Invoke(outcome, simulator);
            return ($"| {row.Source} | {row.What} | {failure?.Class.ToString() ?? "-"} | {Describe(outcome, simulator)} |", null);
        }
        catch (Exception error) // collected: all rows are judged, not only the first that fails
        {
            return ($"| {row.Source} | {row.What} | WRONG | |", $"{row}\n{error.Message}");
        }
    }

    private static string Describe(ModelOutcome outcome, ModelSimulator simulator) => outcome switch
    {
        ModelOutcome.Answered { Answer: var answer } =>
            $"answered{(answer.Attempts > 1 ? $" at attempt {answer.Attempts}" : "")}{(answer.Repaired ? " after a second question" : "")}{(answer.FromReasoning ? ", JSON taken from the reasoning" : "")}; {Count(simulator)}",
        ModelOutcome.Failed { Failure: var failure } => $"{failure.Kind} after {Count(simulator)}{(failure.Remedy is { } remedy ? $"; says: {remedy}" : "")}",
        _ => throw new InvalidOperationException("Unknown outcome."),
    };

    private static string Count(ModelSimulator simulator) => $"{simulator.Requests.Count} request{(simulator.Requests.Count == 1 ? "" : "s")}";

    private static void Save(string table)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (!File.Exists(Path.Combine(folder.FullName, "WorkflowOrchestrator.sln")))
                continue;
            var target = Directory.CreateDirectory(Path.Combine(folder.FullName, "artifacts", "test-results")).FullName;
            File.WriteAllText(Path.Combine(target, "model-failures.md"), table);
            return;
        }
    }
}
