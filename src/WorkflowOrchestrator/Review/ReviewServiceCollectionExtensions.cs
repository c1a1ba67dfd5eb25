using Microsoft.Extensions.DependencyInjection.Extensions;
using Workflow.Review.BuiltIn;

namespace Workflow.Review;

/// <summary>Composition of this room.</summary>
internal static class ReviewServiceCollectionExtensions
{
    /// <summary>The built-in reviewer and the store of findings.</summary>
    public static IServiceCollection AddReview(this IServiceCollection services)
    {
        services.TryAddSingleton<IChangeReviewer, BuiltInReviewer>();
        services.TryAddSingleton<FindingStore>();
        return services;
    }
}
