using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Platform.Models;
using Workflow.Hosting;
using Workflow.Hosting.Tunables;

namespace Workflow.Models;

/// <summary>Composition of this room.</summary>
internal static class ModelsServiceCollectionExtensions
{
    /// <summary>The one place where the model server's key comes from: never a file, so never a repository.</summary>
    public const string ApiKeyVariable = "LM_STUDIO_API_KEY";

    /// <summary>The chat client (<see cref="IChatClient"/>, see <see cref="ModelCalls"/>), the inventory (<see cref="IModelInventory"/>) and its watch.</summary>
    public static IServiceCollection AddModels(this IServiceCollection services)
    {
        services.TryAddSingleton(provider => ModelServer.Create(
            ToServerSettings(provider.GetRequiredService<OrchestratorSettings>(), provider.GetRequiredService<Repository>().Exchanges, Environment.GetEnvironmentVariable(ApiKeyVariable)),
            provider.GetRequiredService<ILoggerFactory>(),
            provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton(provider => provider.GetRequiredService<ModelServer>().Client);
        services.TryAddSingleton(provider => provider.GetRequiredService<ModelServer>().Inventory);
        services.AddHostedService<ModelWatch>();
        return services;
    }

    /// <summary>The client's settings from the daemon's.</summary>
    public static ModelServerSettings ToServerSettings(OrchestratorSettings settings, string? recordFolder, string? apiKey) => new(settings.Connection.LmStudioUrl)
    {
        IsEnabled = settings.LmStudio.Mode != ModelMode.Off,
        Model = settings.LmStudio.Model,
        ApiKey = ApiKey.From(apiKey),
        AssumedContextTokens = settings.LmStudio.AssumedContextTokens,
        MaxConcurrentCalls = (int)Math.Max(settings.LmStudio.MaxConcurrentCalls, Tunable.MaxConcurrentCalls.Maximum), // ModelWatch sets the limit that is in force
        TotalTimeout = settings.LmStudio.TotalTimeout,
        FirstTokenTimeout = settings.LmStudio.FirstTokenTimeout,
        IdleTimeout = settings.LmStudio.IdleTimeout,
        ProbeInterval = settings.LmStudio.ProbeInterval,
        LoadContextTokens = settings.LmStudio.ContextTokens,
        RecordFolder = settings.LmStudio.RecordMegabytes > 0 ? recordFolder : null,
        RecordBytes = settings.LmStudio.RecordMegabytes * 1024L * 1024L,
    };
}
