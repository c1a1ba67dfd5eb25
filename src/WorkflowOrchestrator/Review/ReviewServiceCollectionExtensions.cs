using Microsoft.Extensions.DependencyInjection.Extensions;
using Workflow.Review.Coding;
using Workflow.Review.ModelBacked;
using Workflow.Review.Prompts;

namespace Workflow.Review;

/// <summary>Composition of this room.</summary>
internal static class ReviewServiceCollectionExtensions
{
    /// <summary>The reviewer, its prompts and the store of findings.</summary>
    public static IServiceCollection AddReview(this IServiceCollection services)
    {
        services.TryAddSingleton<IModelSource, InventoryModelSource>();
        services.TryAddSingleton<PromptLibrary>();
        services.TryAddSingleton<AnswerCache>();
        services.TryAddSingleton<TextFence>();
        services.TryAddSingleton<ModelCaller>();
        services.TryAddSingleton<IChangeReviewer, ModelReviewer>();
        services.TryAddSingleton<FindingStore>();
        services.TryAddSingleton<CodeReviewer>();
        services.TryAddSingleton<RuleVerdictReader>();
        return services;
    }
}
