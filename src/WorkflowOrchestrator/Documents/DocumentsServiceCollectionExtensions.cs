using Microsoft.Extensions.DependencyInjection.Extensions;
using Workflow.Documents.Drafting;
using Workflow.Documents.History;
using Workflow.Storage;

namespace Workflow.Documents;

/// <summary>Composition of this room.</summary>
internal static class DocumentsServiceCollectionExtensions
{
    public static IServiceCollection AddDocuments(this IServiceCollection services)
    {
        services.TryAddSingleton<UpdateStore>();
        services.TryAddSingleton<UpdateGate>();
        services.TryAddSingleton<UpdateCommitter>();
        services.TryAddSingleton<OpenChangeOverlap>();
        services.TryAddSingleton<BreakerWatch>();
        services.TryAddSingleton<PolicyFactsReader>();
        services.TryAddSingleton<FollowUpWriter>();
        services.TryAddSingleton<ChangeTraces>();
        services.TryAddSingleton<UpdateJudge>();
        services.TryAddSingleton<UpdateJournal>();
        services.TryAddSingleton<UpdateSteps>();
        services.TryAddSingleton<DraftedBlockStore>();
        services.TryAddSingleton<BlockDrafter>();
        services.TryAddSingleton<DocumentHistory>();
        services.TryAddSingleton<ShadowReader>();
        services.TryAddSingleton<ChangeArchiver>();
        services.TryAddSingleton<IDocumentUpdates, DocumentUpdates>();
        services.AddHostedService<DocumentManager>();
        return services;
    }
}
