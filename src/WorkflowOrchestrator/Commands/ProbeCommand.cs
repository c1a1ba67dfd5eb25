using System.CommandLine;
using Microsoft.Extensions.Logging.Abstractions;
using Platform.Models;
using Workflow.Hosting;
using Workflow.Models;

namespace Workflow.Commands;

/// <summary>
/// <c>wo probe-lm-studio</c>: what the model server can do, as name=value lines for the scripts. Passive unless <c>--ready</c> is given: then the model
/// is also asked one short thing. Exit code 0: a model is loaded (and, with <c>--ready</c>, answers).
/// </summary>
internal static class ProbeCommand
{
    public static Command Create()
    {
        var ready = new Option<bool>("--ready") { Description = "Also ask the model something." };
        var command = new Command("probe-lm-studio", "Say what the model server can do. Example: wo probe-lm-studio --ready") { ready };
        command.Hidden = true;
        command.SetAction(async (result, cancellationToken) =>
        {
            if (CommonOptions.SettingsOrReport(result) is not { Settings: var settings })
                return ExitCodes.BadConfiguration;
            var server = ModelsServiceCollectionExtensions.ToServerSettings(settings, recordFolder: null, Environment.GetEnvironmentVariable(ModelsServiceCollectionExtensions.ApiKeyVariable)) with { LoadContextTokens = null };
            return result.GetValue(ready) ? await ReadyAsync(server, settings, cancellationToken) : await LookAsync(server, cancellationToken);
        });
        return command;
    }

    private static async Task<int> LookAsync(ModelServerSettings settings, CancellationToken cancellationToken)
    {
        var look = await ModelServer.LookAsync(settings, TimeProvider.System, cancellationToken);
        var loaded = look.Models.FirstOrDefault(model => model.IsLoaded != false && (settings.Model is null || settings.Model == model.Key || settings.Model == model.Id));
        Console.WriteLine($"server={look.Server}");
        Console.WriteLine($"failure={look.Failure?.Kind}");
        Console.WriteLine($"message={look.Failure?.Message}");
        Console.WriteLine($"remedy={look.Failure?.Remedy}");
        Console.WriteLine($"available={string.Join(' ', look.Models.Select(model => model.Key).Distinct(StringComparer.Ordinal))}");
        Console.WriteLine($"loaded={loaded?.Id}");
        Console.WriteLine($"loaded_key={loaded?.Key}");
        Console.WriteLine($"context={loaded?.ContextTokens}");
        Console.WriteLine($"slots={loaded?.Slots}");
        return loaded is null ? ExitCodes.Failed : ExitCodes.Done;
    }

    private static async Task<int> ReadyAsync(ModelServerSettings settings, OrchestratorSettings all, CancellationToken cancellationToken)
    {
        using var server = ModelServer.Create(settings, NullLoggerFactory.Instance, TimeProvider.System);
        var state = await server.Inventory.CheckAsync(cancellationToken);
        var health = ModelHealth.Of(state, all);
        Console.WriteLine($"state={(state is ModelState.Ready ? "ready" : "not_ready")}");
        Console.WriteLine($"message={(state is ModelState.NotReady { Failure: var failure } ? failure.Message : health?.Detail)}");
        Console.WriteLine($"remedy={health?.Remedy}");
        return state is ModelState.Ready ? ExitCodes.Done : ExitCodes.Failed;
    }
}
