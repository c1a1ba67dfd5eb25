using Microsoft.Extensions.DependencyInjection.Extensions;
using Workflow.Dashboard.Access;
using Workflow.Dashboard.Api;
using Workflow.Dashboard.Forms;
using Workflow.Dashboard.Pages;
using Workflow.Dashboard.Reading;
using Workflow.Mcp;

namespace Workflow.Dashboard;

/// <summary>Composition of this room. Nothing depends on it: without a browser the daemon does the same.</summary>
internal static class DashboardServiceCollectionExtensions
{
    public static IServiceCollection AddDashboard(this IServiceCollection services)
    {
        services.AddQuestionApi().AddDaemonTools<DashboardTools>().AddHttpContextAccessor();
        services.TryAddTransient<ChangeTools>();
        services.TryAddTransient<UpdateTools>();
        services.TryAddTransient<FindingTools>();
        services.TryAddTransient<ImprovementTools>();
        services.TryAddTransient<WorkflowTools>();
        services.TryAddSingleton<DashboardAccess>();
        services.TryAddSingleton<PageRenderer>();
        services.TryAddSingleton<WorkReader>();
        services.TryAddSingleton<ImprovementReader>();
        services.TryAddSingleton<DashboardPages>();
        return services;
    }

    public static void MapDashboard(this WebApplication app)
    {
        app.MapWorkApi();
        app.MapWebFiles();
        DashboardPages.Map(app);
        DashboardForms.Map(app);
    }
}
