using System.Text.Encodings.Web;
using System.Text.Json;
using Workflow.Hosting;

namespace Workflow.Commands;

/// <summary>Says why a command could not do its work: in words, or as JSON in the shape that the OpenSpec command line uses.</summary>
internal static class FaultOutput
{
    /// <summary>How JSON is printed: for people too, so indented and with letters as they are.</summary>
    public static JsonWriterOptions Format { get; } = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the fault and gives the exit code.</summary>
    /// <param name="isJson">Whether to write JSON to standard output instead of words to standard error.</param>
    /// <param name="code">What went wrong, for programs.</param>
    /// <param name="message">What went wrong.</param>
    /// <param name="fix">What to do; null when there is nothing to say.</param>
    public static int Write(bool isJson, string code, string message, string? fix)
    {
        if (!isJson)
        {
            Console.Error.WriteLine(fix is null ? message : $"{message} {fix}");
            return ExitCodes.Failed;
        }

        using var stream = Console.OpenStandardOutput();
        using (var writer = new Utf8JsonWriter(stream, Format))
        {
            writer.WriteStartObject();
            writer.WriteStartArray("status");
            writer.WriteStartObject();
            writer.WriteString("severity", "error");
            writer.WriteString("code", code);
            writer.WriteString("message", message);
            if (fix is not null)
                writer.WriteString("fix", fix);
            writer.WriteEndObject();
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        stream.Write("\n"u8);
        return ExitCodes.Failed;
    }
}
