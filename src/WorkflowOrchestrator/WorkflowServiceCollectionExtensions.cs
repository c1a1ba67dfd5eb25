namespace Workflow;

internal static class WorkflowServiceCollectionExtensions
{
    public static IServiceCollection AddWorkflow(this IServiceCollection services) => services
        .AddSingleton<RevisionReader>()
        .AddSingleton<UpdateDrafting>()
        .AddSingleton<StageSteps>()
        .AddSingleton<WorkflowOrchestrator>()
        .AddHostedService(provider => provider.GetRequiredService<WorkflowOrchestrator>());
}
