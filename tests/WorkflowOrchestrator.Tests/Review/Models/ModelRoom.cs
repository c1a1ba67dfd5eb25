using System.Collections;
using Microsoft.Extensions.Logging.Abstractions;
using Workflow.Changes;
using Workflow.Hosting;
using Workflow.Hosting.Tunables;
using Workflow.Review;
using Workflow.Review.ModelBacked;
using Workflow.Review.Prompts;
using Workflow.Storage;

namespace Workflow.Tests.Review.Models;

/// <summary>A model-backed reviewer over a real store.</summary>
internal sealed class ModelRoom : IAsyncDisposable
{
    public const string Statement = "The system SHALL answer fast enough for every user of the search page.";

    private readonly string _folder;
    private readonly bool _keep;

    public ModelRoom(ScriptedModel model, string? folder = null, Dictionary<string, string?>? settings = null)
    {
        _keep = folder is not null;
        _folder = folder ?? Directory.CreateTempSubdirectory("wo-model-").FullName;
        Model = model;
        Store = SqliteStore.Open(Path.Combine(_folder, "store.db"), TimeProvider.System, new EventHub());
        var all = Settings(settings);
        Fence = new TextFence(Store);
        Caller = new ModelCaller(model, new AnswerCache(Store, TimeProvider.System), NullLogger<ModelCaller>.Instance);
        Findings = new FindingStore(Store);
        Reviewer = new ModelReviewer(Caller, new PromptLibrary(all), Fence, Findings, all, new TunableBoard(all), NullLogger<ModelReviewer>.Instance);
    }

    public ScriptedModel Model { get; }

    public SqliteStore Store { get; }

    public ModelCaller Caller { get; }

    public TextFence Fence { get; }

    public FindingStore Findings { get; }

    public ModelReviewer Reviewer { get; }

    public static OrchestratorSettings Settings(Dictionary<string, string?>? values = null) =>
        ((SettingsOutcome.Valid)SettingsLoader.Load(Path.GetTempPath(), null, new Hashtable(), values ?? new(StringComparer.Ordinal) { ["review.ambiguity_samples"] = "0" })).Settings;

    public static ReviewRequest Request(Specimen specimen) => new(ChangeId.Parse(Specimen.ChangeName), new RevisionHash("r1"), specimen.Project());

    public Task<ChangeReview> ReviewAsync(Specimen specimen) => Reviewer.ReviewAsync(Request(specimen), CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        if (!_keep)
            Directory.Delete(_folder, recursive: true);
    }
}
