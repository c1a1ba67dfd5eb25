using Workflow.Feedback.Analyses;
using Workflow.Feedback.Experiments;
using Workflow.Feedback.Explaining;
using Workflow.Feedback.Improvements;
using Workflow.Feedback.Metrics;
using Workflow.Feedback.Replay;
using Workflow.Feedback.Tuning;

namespace Workflow.Feedback;

internal static class FeedbackServiceCollectionExtensions
{
    public static IServiceCollection AddFeedback(this IServiceCollection services) => services
        .AddSingleton<FeedbackStore>()
        .AddSingleton<ImprovementStore>()
        .AddSingleton<MetricStore>()
        .AddSingleton<MetricRecorder>()
        .AddSingleton<ImprovementWriter>()
        .AddSingleton<TunableJournal>()
        .AddSingleton<EnvironmentReader>()
        .AddSingleton<ImprovementProposer>()
        .AddSingleton<ImprovementDesk>()
        .AddSingleton<RecurringQuestionReader>()
        .AddSingleton<ReplayReviewer>()
        .AddSingleton<InsightExplainer>()
        .AddSingleton<TrialFactory>()
        .AddSingleton<ExperimentRunner>()
        .AddHostedService<TunableKeeper>() // its start is over before any service begins its work
        .AddSingleton<FeedbackLoop>()
        .AddHostedService(provider => provider.GetRequiredService<FeedbackLoop>());
}
