using System.Globalization;
using Platform.Models;
using Workflow.Hosting;

namespace Workflow.Models;

/// <summary>What the state of the model server means for the daemon's health. Pure.</summary>
internal static class ModelHealth
{
    /// <summary>Name on the health board.</summary>
    public const string Name = "lm_studio";

    /// <summary>State, detail and remedy; null: models are switched off, so there is no dependency to report.</summary>
    public static (HealthState State, string? Detail, string? Remedy)? Of(ModelState state, OrchestratorSettings settings)
    {
        var meanwhile = settings.LmStudio.Mode == ModelMode.Required ? "reviews wait for it" : "the built-in rules do the reviews";
        return state switch
        {
            ModelState.Off => null,
            ModelState.Ready { Model: var model } => (HealthState.Ok, Describe(model), null),
            ModelState.NotReady { Failure: var failure } => (HealthState.Degraded, $"{failure.Message}; {meanwhile}", failure.Remedy ?? "See the server's own log; scripts/start-all.sh starts it and loads a model."),
            _ => (HealthState.Degraded, $"{settings.Connection.LmStudioUrl} is being looked at; until it has answered {meanwhile}", null),
        };
    }

    private static string Describe(ModelInfo model) => string.Create(
        CultureInfo.InvariantCulture,
        $"{model.Id} on {NameOf(model.Server)}: context {model.ContextTokens}{(model.IsContextKnown ? "" : " (assumed)")}, {model.Slots} slot{(model.Slots == 1 ? "" : "s")}, schemas {(model.EnforcesSchemas switch { true => "enforced", false => "ignored", null => "untested" })}");

    private static string NameOf(ModelServerKind server) => server switch
    {
        ModelServerKind.LmStudio => "LM Studio",
        ModelServerKind.LlamaCpp => "llama.cpp",
        ModelServerKind.Ollama => "Ollama",
        _ => "an OpenAI-compatible server",
    };
}
