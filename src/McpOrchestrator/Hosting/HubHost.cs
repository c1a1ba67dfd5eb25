using McpOrchestrator.Agents;
using McpOrchestrator.Mcp;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Platform.Logging;

namespace McpOrchestrator.Hosting;

/// <summary>Puts the process together.</summary>
internal static class HubHost
{
    internal static IHost Build(RunSettings settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = Product.Name, DisableDefaults = true });
        builder.AddSerilogLogging(new LogSettings((LogLevel)settings.LogLevel, Json: false, Path.Combine(settings.StateFolder, "logs"), Product.Name));
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(15));
        builder.Services.AddSingleton(settings);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<ServiceFailures>();
        builder.Services.AddSingleton<AgentFactory>();
        builder.Services.AddSingleton(services => new AgentDirectory(
            services.GetRequiredService<AgentFactory>().All(), services.GetRequiredService<TimeProvider>(), services.GetRequiredService<ILogger<AgentDirectory>>()));
        builder.Services.AddSingleton<HubServer>();
        builder.Services.AddHostedService(services => services.GetRequiredService<HubServer>());
        builder.Services.AddHostedService<AgentKeeper>();
        return builder.Build();
    }
}
