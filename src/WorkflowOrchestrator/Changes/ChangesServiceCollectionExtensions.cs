using Microsoft.Extensions.DependencyInjection.Extensions;
using Workflow.Hosting;

namespace Workflow.Changes;

/// <summary>Composition of this room.</summary>
internal static class ChangesServiceCollectionExtensions
{
    public static IServiceCollection AddChanges(this IServiceCollection services)
    {
        services.TryAddSingleton<ChangeStore>();
        services.TryAddSingleton(provider => LimitsOf(provider.GetRequiredService<OrchestratorSettings>()));
        services.TryAddSingleton(provider => new ChangeScanner(
            provider.GetRequiredService<Repository>().ChangesFolder,
            provider.GetRequiredService<ScanLimits>(),
            provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton(provider => new ChangeReader(
            provider.GetRequiredService<Repository>().ChangesFolder,
            provider.GetRequiredService<ScanLimits>(),
            provider.GetRequiredService<TimeProvider>()));
        return services;
    }

    private static ScanLimits LimitsOf(OrchestratorSettings settings) => new(settings.WorkflowOrchestrator.MaxFileBytes, settings.WorkflowOrchestrator.MaxChangeFiles);
}
