using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Workflow.Questions;

/// <summary>Composition of this room.</summary>
internal static class QuestionsServiceCollectionExtensions
{
    public static IServiceCollection AddQuestions(this IServiceCollection services)
    {
        services.TryAddSingleton<QuestionStore>();
        services.TryAddSingleton<AnswerStore>();
        services.TryAddSingleton<AnswerWaiters>();
        services.TryAddSingleton<AnswerDesk>();
        services.TryAddSingleton<QuestionDesk>();
        services.TryAddSingleton<IQuestions>(provider => provider.GetRequiredService<QuestionDesk>());
        services.TryAddSingleton<EvidenceReader>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IQuestionRoute, AnsweredBeforeRoute>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IQuestionRoute, AgentRoute>());
        services.TryAddSingleton<RouteRecorder>();
        services.TryAddSingleton<QuestionRouting>();
        services.TryAddSingleton<QuestionRouter>();
        services.AddHostedService(provider => provider.GetRequiredService<QuestionRouter>());
        return services;
    }
}
