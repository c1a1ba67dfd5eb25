using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Workflow.Questions.Human;

/// <summary>Composition of this room.</summary>
internal static class HumanServiceCollectionExtensions
{
    public static IServiceCollection AddHumanInbox(this IServiceCollection services)
    {
        services.TryAddSingleton<HumanInbox>();
        services.TryAddSingleton<NoticeSender>();
        services.TryAddSingleton<HumanInboxService>();
        services.AddHostedService(provider => provider.GetRequiredService<HumanInboxService>());
        return services;
    }
}
