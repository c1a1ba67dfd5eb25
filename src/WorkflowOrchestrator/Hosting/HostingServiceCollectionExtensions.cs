namespace Workflow.Hosting;

internal static class HostingServiceCollectionExtensions
{
    public static IServiceCollection AddHosting(this IServiceCollection services) => services
        .AddSingleton<HealthBoard>()
        .AddSingleton<ServiceSupervisor>()
        .AddSingleton<Readiness>()
        .AddSingleton<HealthReporter>();
}
