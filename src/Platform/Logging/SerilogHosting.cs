using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Extensions.Logging;
using Serilog.Formatting.Display;

namespace Platform.Logging;

/// <summary>How a process writes its log.</summary>
/// <param name="Level">Least level written.</param>
/// <param name="Json">One compact JSON object a line on the console (for journals) instead of text for people.</param>
/// <param name="Directory">Folder of the rolling files; null writes none.</param>
/// <param name="FileName">First part of the file names.</param>
public sealed record LogSettings(LogLevel Level, bool Json, string? Directory, string FileName);

/// <summary>The least level written, while the process runs.</summary>
public sealed class LogLevelControl
{
    internal LogLevelControl(LogLevel level) => Set(level);

    internal LoggingLevelSwitch Own { get; } = new();

    /// <summary>For libraries: at the least a warning, whatever our own level is.</summary>
    internal LoggingLevelSwitch Libraries { get; } = new();

    internal LoggingLevelSwitch Protocol { get; } = new();

    public void Set(LogLevel level)
    {
        var own = (LogEventLevel)Math.Min((int)level, (int)LogEventLevel.Fatal);
        (Own.MinimumLevel, Libraries.MinimumLevel, Protocol.MinimumLevel) = (own, Max(own, LogEventLevel.Warning), Max(own, LogEventLevel.Error));
    }

    private static LogEventLevel Max(LogEventLevel a, LogEventLevel b) => a > b ? a : b;
}

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
        var level = new LogLevelControl(settings.Level);
        builder.Services.AddSingleton(level);
        builder.Services.AddSingleton(_ => CreateLogger(settings, level));
        builder.Services.AddSingleton<Serilog.ILogger>(services => services.GetRequiredService<Logger>());

        // The container owns, and so flushes, the logger; the provider must not dispose it twice.
        builder.Services.AddSingleton<ILoggerProvider>(services => new SerilogLoggerProvider(services.GetRequiredService<Logger>(), dispose: false));
        return builder;
    }

    private static Logger CreateLogger(LogSettings settings, LogLevelControl level)
    {
        var configuration = new LoggerConfiguration()
            .MinimumLevel.ControlledBy(level.Own)
            .MinimumLevel.Override("Microsoft", level.Libraries)
            .MinimumLevel.Override("Microsoft.Extensions.Hosting.Internal.Host", LogEventLevel.Fatal) // "Hosting failed to start" with a stack trace; the program itself says why
            .MinimumLevel.Override("ModelContextProtocol", level.Protocol)
            .MinimumLevel.Override("System.Net.Http", level.Libraries)
            .Enrich.FromLogContext();
        configuration = settings.Json
            ? configuration.WriteTo.Console(new RedactingFormatter(new CompactJsonFormatter(), SecretRedactor.Shared), standardErrorFromLevel: LogEventLevel.Verbose)
            : configuration.WriteTo.Console(
                new RedactingFormatter(new MessageTemplateTextFormatter("{Timestamp:HH:mm:ss.fff} {Level:u3} {Message:l}{NewLine}{Exception}"), SecretRedactor.Shared),
                standardErrorFromLevel: LogEventLevel.Verbose);
        if (settings.Directory is { } directory)
        {
            configuration = configuration.WriteTo.File(
                new RedactingFormatter(new CompactJsonFormatter(), SecretRedactor.Shared),
                Path.Combine(directory, settings.FileName + "-.log"),
                rollingInterval: RollingInterval.Day,
                fileSizeLimitBytes: FileSizeLimit,
                rollOnFileSizeLimit: true,
                retainedFileCountLimit: RetainedFiles);
        }

        return configuration.CreateLogger();
    }
}
