using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Platform.Telemetry;

/// <summary>What a process reports and where to.</summary>
/// <param name="ServiceName">Resource attribute <c>service.name</c>.</param>
/// <param name="OtlpEndpoint">Base address of an OTLP/HTTP collector (<c>http://127.0.0.1:4318</c>); null sends nothing.</param>
/// <param name="Meters">Meters to collect.</param>
/// <param name="Sources">Activity sources to trace.</param>
public sealed record TelemetrySettings(string ServiceName, Uri? OtlpEndpoint, IReadOnlyList<string> Meters, IReadOnlyList<string> Sources);

/// <summary>
/// The seam for OpenTelemetry.Extensions.Hosting and the Prometheus exporter, which cannot be restored from the registry that the project
/// builds against: the container owns the providers, a hosted service creates them before all others and flushes them last.
/// </summary>
public static class OpenTelemetryHosting
{
    // Room for the points of an instrument is taken when it appears, for 2,000 of them if nothing is said: 7.5 MB for our instruments. None of them has more than some dozens of
    // label values, and what is over the limit is counted in a point of its own (otel.metric.overflow).
    private const int MaxPointsPerInstrument = 200;

    public static IServiceCollection AddOpenTelemetryProviders(this IServiceCollection services, TelemetrySettings settings)
    {
        services.AddSingleton<PrometheusReader>();
        services.AddSingleton(provider => CreateMeterProvider(settings, provider.GetRequiredService<PrometheusReader>()));
        services.AddSingleton(_ => CreateTracerProvider(settings));
        services.Insert(0, ServiceDescriptor.Singleton<IHostedService, TelemetryHostedService>());
        return services;
    }

    private static MeterProvider CreateMeterProvider(TelemetrySettings settings, PrometheusReader reader)
    {
        var builder = Sdk.CreateMeterProviderBuilder()
            .ConfigureResource(resource => resource.AddService(settings.ServiceName))
            .AddMeter([.. settings.Meters])
            .AddView(static _ => new MetricStreamConfiguration { CardinalityLimit = MaxPointsPerInstrument })
            .AddReader(reader.Reader);
        if (settings.OtlpEndpoint is { } endpoint)
        {
            builder.AddOtlpExporter(options =>
            {
                options.Endpoint = new Uri(endpoint, "v1/metrics");
                options.Protocol = OtlpExportProtocol.HttpProtobuf;
            });
        }

        return builder.Build();
    }

    private static TracerProvider CreateTracerProvider(TelemetrySettings settings)
    {
        var builder = Sdk.CreateTracerProviderBuilder()
            .ConfigureResource(resource => resource.AddService(settings.ServiceName))
            .AddSource([.. settings.Sources])
            .SetSampler(new ParentBasedSampler(new AlwaysOnSampler()));
        if (settings.OtlpEndpoint is { } endpoint)
        {
            builder.AddOtlpExporter(options =>
            {
                options.Endpoint = new Uri(endpoint, "v1/traces");
                options.Protocol = OtlpExportProtocol.HttpProtobuf;
            });
        }

        return builder.Build();
    }

    private sealed class TelemetryHostedService(MeterProvider metrics, TracerProvider traces) : IHostedService
    {
        private const int FlushMilliseconds = 5000;

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask; // constructing the providers starts them

        public Task StopAsync(CancellationToken cancellationToken)
        {
            traces.ForceFlush(FlushMilliseconds);
            metrics.ForceFlush(FlushMilliseconds);
            return Task.CompletedTask;
        }
    }
}
