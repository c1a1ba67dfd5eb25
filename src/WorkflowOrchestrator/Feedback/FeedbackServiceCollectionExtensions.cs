namespace Workflow.Feedback;

internal static class FeedbackServiceCollectionExtensions
{
    public static IServiceCollection AddFeedback(this IServiceCollection services) => services
        .AddSingleton<FeedbackStore>()
        .AddSingleton<FeedbackLoop>()
        .AddHostedService(provider => provider.GetRequiredService<FeedbackLoop>());
}

/// <summary>Ids of log events, 600-699. A number is never reused or given another meaning.</summary>
internal static class FeedbackEventIds
{
    public static readonly EventId Analyzed = new(600, nameof(Analyzed));
}
