using McpOrchestrator.Hosting;
using McpOrchestrator.Tests.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace McpOrchestrator.Tests.Processes;

public sealed class CriticalServiceTests
{
    [Fact]
    public async Task Run_ServiceThrows_HostStopsWithNonZeroExitCode()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddSingleton<ServiceFailures>();
        builder.Services.AddHostedService<Broken>();
        using var host = builder.Build();

        var failures = host.Services.GetRequiredService<ServiceFailures>();

        await host.RunAsync().Within();

        Assert.Equal(ExitCodes.ServiceFailed, failures.ExitCode);
    }

    private sealed class Broken(ServiceFailures failures) : CriticalService(failures)
    {
        protected override Task RunAsync(CancellationToken stoppingToken) => throw new IOException("disk is gone");
    }
}
