using Microsoft.Extensions.DependencyInjection.Extensions;
using Workflow.Hosting.Tunables;

namespace Workflow.Hosting;

internal static class HostingServiceCollectionExtensions
{
    /// <summary>Health, settings and supervision, for any host of some of the rooms.</summary>
    public static IServiceCollection AddHosting(this IServiceCollection services)
    {
        services.TryAddSingleton(provider => new CurrentSettings(provider.GetRequiredService<OrchestratorSettings>()));
        return services
            .AddSingleton<HealthBoard>()
            .AddSingleton<TunableBoard>()
            .AddSingleton<ITunables>(provider => provider.GetRequiredService<TunableBoard>())
            .AddSingleton<ServiceSupervisor>()
            .AddSingleton<Readiness>()
            .AddSingleton<HealthReporter>();
    }

    /// <summary>What only the daemon has: the service manager, reload, and probes. The rooms add their own probes.</summary>
    public static IServiceCollection AddServiceControl(this IServiceCollection services, SettingsSnapshot snapshot, SettingsOrigin origin) => services
        .AddSingleton(snapshot.Settings)
        .AddSingleton(new CurrentSettings(snapshot))
        .AddSingleton(origin)
        .AddSingleton(_ => ServiceManager.FromEnvironment(Environment.GetEnvironmentVariables()))
        .AddSingleton<SettingsReloader>()
        .AddSingleton<ISettingsFollower, LogLevelFollower>()
        .AddSingleton<HealthMetrics>()
        .AddSingleton<ICapabilityProbe, GitProbe>()
        .AddSingleton<ICapabilityProbe, DiskProbe>()
        .AddSingleton<ICapabilityProbe, WatchLimitProbe>()
        .AddHostedService<CapabilityProbes>()
        .AddHostedService(provider => new IdleMemory(provider.GetRequiredService<TimeProvider>()))
        .AddHostedService<ServiceManagerLink>();
}
