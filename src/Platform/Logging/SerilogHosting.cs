using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Extensions.Logging;

namespace Platform.Logging;

/// <summary>How a process writes its log.</summary>
/// <param name="Level">Least level written.</param>
/// <param name="Json">One compact JSON object a line on the console (for journals) instead of text for people.</param>
/// <param name="Directory">Folder of the rolling files; null writes none.</param>
/// <param name="FileName">First part of the file names.</param>
public sealed record LogSettings(LogEventLevel Level, bool Json, string? Directory, string FileName);

/// <summary>
/// The seam for Serilog.Extensions.Hosting, which cannot be restored from the registry that the project builds against:
/// Serilog as the logging provider of a Generic Host. When that package is to be had, this file becomes a call of <c>AddSerilog</c>.
/// </summary>
public static class SerilogHosting
{
    private const long FileSizeLimit = 10 * 1024 * 1024;
    private const int RetainedFiles = 14;

    /// <summary>Replaces the host's logging providers by Serilog. Logs go to standard error (standard output belongs to data) and to rolling files.</summary>
    public static IHostApplicationBuilder AddSerilogLogging(this IHostApplicationBuilder builder, LogSettings settings)
    {
        builder.Logging.ClearProviders();
        builder.Logging.SetMinimumLevel(LogLevel.Trace); // Serilog decides
        builder.Services.AddSingleton(_ => CreateLogger(settings));
        builder.Services.AddSingleton<Serilog.ILogger>(services => services.GetRequiredService<Logger>());

        // The container owns, and so flushes, the logger; the provider must not dispose it twice.
        builder.Services.AddSingleton<ILoggerProvider>(services => new SerilogLoggerProvider(services.GetRequiredService<Logger>(), dispose: false));
        return builder;
    }

    private static Logger CreateLogger(LogSettings settings)
    {
        var configuration = new LoggerConfiguration()
            .MinimumLevel.Is(settings.Level)
            .MinimumLevel.Override("Microsoft", Max(settings.Level, LogEventLevel.Warning))
            .MinimumLevel.Override("Microsoft.Extensions.Hosting.Internal.Host", LogEventLevel.Fatal) // "Hosting failed to start" with a stack trace; the program itself says why
            .MinimumLevel.Override("ModelContextProtocol", Max(settings.Level, LogEventLevel.Error))
            .MinimumLevel.Override("System.Net.Http", Max(settings.Level, LogEventLevel.Warning))
            .Enrich.FromLogContext();
        configuration = settings.Json
            ? configuration.WriteTo.Console(new CompactJsonFormatter(), standardErrorFromLevel: LogEventLevel.Verbose)
            : configuration.WriteTo.Console(
                outputTemplate: "{Timestamp:HH:mm:ss.fff} {Level:u3} {Message:lj}{NewLine}{Exception}",
                standardErrorFromLevel: LogEventLevel.Verbose);
        if (settings.Directory is { } directory)
        {
            configuration = configuration.WriteTo.File(
                new CompactJsonFormatter(),
                Path.Combine(directory, settings.FileName + "-.log"),
                rollingInterval: RollingInterval.Day,
                fileSizeLimitBytes: FileSizeLimit,
                rollOnFileSizeLimit: true,
                retainedFileCountLimit: RetainedFiles);
        }

        return configuration.CreateLogger();
    }

    private static LogEventLevel Max(LogEventLevel a, LogEventLevel b) => a > b ? a : b;
}
