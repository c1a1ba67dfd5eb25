using Platform.Http;
using Platform.Logging;
using Platform.Telemetry;
using Workflow.Agents;
using Workflow.Changes;
using Workflow.Dashboard;
using Workflow.Dashboard.Access;
using Workflow.Dashboard.Api;
using Workflow.Documents;
using Workflow.Feedback;
using Workflow.Hosting;
using Workflow.Mcp;
using Workflow.Models;
using Workflow.Questions;
using Workflow.Questions.Human;
using Workflow.Review;
using Workflow.Storage;

namespace Workflow.Commands;

/// <summary>The composition of the daemon: every room's <c>AddX()</c>, called from here and nowhere else.</summary>
internal static class DaemonServiceCollectionExtensions
{
    // Longer than the longest journal step, shorter than a service manager's patience.
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(30);

    // Far more than one person's clients and pages open; a bound against one that never closes.
    private const int MaxHttpConnections = 2048;

    private static readonly string[] Meters = [Instruments.Name, Platform.Models.ModelInstruments.Name, "System.Runtime", "Microsoft.AspNetCore.Server.Kestrel"];

    /// <summary>The daemon, ready to start.</summary>
    /// <param name="repository">What it serves.</param>
    /// <param name="snapshot">Its settings.</param>
    /// <param name="origin">How a reload reads them again.</param>
    /// <param name="store">Its store.</param>
    /// <param name="events">The events of that store.</param>
    /// <param name="replace">Puts other services in the place of its own (tests).</param>
    public static WebApplication BuildDaemon(
        Repository repository, SettingsSnapshot snapshot, SettingsOrigin origin, IStore store, EventHub events, Action<IServiceCollection>? replace = null)
    {
        var settings = snapshot.Settings;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "wo", ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(settings.HttpListen);
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = MaxHttpConnections;
        });
        builder.AddSerilogLogging(new LogSettings(settings.Logging.Level, settings.Logging.Json, settings.Logging.Files ? repository.LogFolder : null, "daemon"));
        builder.Services
            .Configure<HostOptions>(options => options.ShutdownTimeout = ShutdownTimeout)
            .AddRouting()
            .AddSingleton(repository)
            .AddSingleton(store)
            .AddSingleton(events)
            .AddSingleton(TimeProvider.System)
            .AddServiceControl(snapshot, origin)
            .AddHosting()
            .AddModels()
            .AddSingleton<ICapabilityProbe, StoreProbe>()
            .AddSingleton<EventLog>()
            .AddSingleton<WorkMetrics>()
            .AddChanges()
            .AddReview()
            .AddQuestions()
            .AddHumanInbox()
            .AddOrchestratorMcpServer() // before the agents: the MCP Orchestrator connects back while we register
            .AddToolsOfRooms()
            .AddDashboard()
            .AddAgents()
            .AddDocuments()
            .AddWorkflow()
            .AddFeedback()
            .AddOpenTelemetryProviders(new TelemetrySettings("workflow-orchestrator", settings.OtlpEndpoint, Meters, [Instruments.Name, Platform.Models.ModelInstruments.Name]));
        replace?.Invoke(builder.Services);
        var app = builder.Build();
        app.Services.GetRequiredService<Readiness>().Met("store");
        app.Services.GetRequiredService<HealthReporter>(); // its uptime counts from now
        app.Services.GetRequiredService<HealthMetrics>();
        app.Services.GetRequiredService<WorkMetrics>();
        app.UsePageSecurity();
        app.UseLoopbackOnly(); // before everything that answers
        app.MapHealth();
        app.MapMcp();
        app.MapQuestionApi();
        app.MapDashboard();
        return app;
    }

    /// <summary>The tools of the rooms above the MCP server; also what <c>wo mcp</c> offers while there is no daemon.</summary>
    internal static IServiceCollection AddToolsOfRooms(this IServiceCollection services) => services
        .AddDaemonTools<WorkflowTools>()
        .AddDaemonTools<ReviewTools>()
        .AddDaemonTools<ServiceTools>()
        .AddDaemonTools<ImprovementTools>()
        .AddDaemonTools<FindingTools>();
}
