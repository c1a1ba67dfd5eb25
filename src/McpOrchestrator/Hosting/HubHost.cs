using McpOrchestrator.Agents;
using McpOrchestrator.Agents.Librarian;
using McpOrchestrator.Agents.Librarian.Index;
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
        builder.AddSerilogLogging(new LogSettings(settings.LogLevel, Json: false, Path.Combine(settings.StateFolder, "logs"), Product.Name));
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(15));
        builder.Services.AddSingleton(settings);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<ServiceFailures>();
        foreach (var definition in settings.Agents) builder.Services.AddSingleton<IAgent>(services => CreateAgent(definition, settings, services));
        builder.Services.AddSingleton<AgentDirectory>();
        builder.Services.AddSingleton<HubServer>();
        builder.Services.AddHostedService(services => services.GetRequiredService<HubServer>());
        builder.Services.AddHostedService<LibrarianWarmup>();
        return builder.Build();
    }

    private static LibrarianAgent CreateAgent(AgentDefinition definition, RunSettings settings, IServiceProvider services) => definition.Profile.Kind switch
    {
        AgentDefinition.LibrarianKind => new LibrarianAgent(
            definition.Profile,
            settings.Root,
            definition.Paths,
            PassageStore.Open(Path.Combine(settings.StateFolder, $"{definition.Profile.Id}.db")),
            services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<ILogger<LibrarianAgent>>()),
        var other => throw new InvalidOperationException($"There is no agent of kind '{other}'."),
    };
}
