using Platform.Models;
using Workflow.Feedback.Statistics;
using Workflow.Hosting;
using Workflow.Review;
using Workflow.Review.ModelBacked;
using Workflow.Review.Prompts;

namespace Workflow.Feedback.Experiments;

/// <summary>What measurements depend on, as it is now: the model that answers, its server, its context, and this program with its prompts.</summary>
internal sealed class EnvironmentReader(IModelInventory inventory, PromptLibrary prompts, OrchestratorSettings settings)
{
    private readonly string _prompts = string.Join(' ', PromptLibrary.Names.Select(name => prompts.Get(name).Hash).Prepend(HealthReporter.Version));

    private static string Schemas => SectionReply.Schema + Restatement.Schema;

    /// <summary>Calls that the model server can work on at the same time; 0 without a model.</summary>
    public int ModelSlots => inventory.Current is ModelState.Ready { Model: var model } ? model.Slots : 0;

    public string Fingerprint => (inventory.Current is ModelState.Ready { Model: var model }
        ? new TuningEnvironment(model.Id, $"{model.Server} {settings.Connection.LmStudioUrl}", model.ContextTokens, _prompts, Schemas)
        : new TuningEnvironment(ReviewFacts.BuiltIn, "", 0, _prompts, Schemas)).Fingerprint;
}
