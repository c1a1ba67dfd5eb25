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
        services.TryAddSingleton<ChangeDetector>();
        services.TryAddSingleton<IFileHints, FileSystemHints>();
        services.TryAddSingleton<WatchStation>();
        services.TryAddSingleton<GitIndexLock>();
        services.TryAddSingleton<ChangeReporter>();
        services.TryAddSingleton<ChangeWatcher>();
        services.AddHostedService(provider => provider.GetRequiredService<ChangeWatcher>());
        services.AddSingleton<ICapabilityProbe, WatcherProbe>();
        return services;
    }

    private static ScanLimits LimitsOf(OrchestratorSettings settings) => new(settings.Connection.MaxFileBytes, settings.Connection.MaxChangeFiles);
}
