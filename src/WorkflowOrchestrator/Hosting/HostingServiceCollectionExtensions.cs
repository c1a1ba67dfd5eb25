using Workflow.Hosting.Tunables;

namespace Workflow.Hosting;

internal static class HostingServiceCollectionExtensions
{
    public static IServiceCollection AddHosting(this IServiceCollection services) => services
        .AddSingleton<HealthBoard>()
        .AddSingleton<TunableBoard>()
        .AddSingleton<ITunables>(provider => provider.GetRequiredService<TunableBoard>())
        .AddSingleton<ServiceSupervisor>()
        .AddSingleton<Readiness>()
        .AddSingleton<HealthReporter>();
}
