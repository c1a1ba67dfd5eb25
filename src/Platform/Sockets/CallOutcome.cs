using System.Text.Json;
using ModelContextProtocol.Protocol;

namespace Platform.Sockets;

/// <summary>What came of one tool call on another process. Nothing is ever sent twice: the caller decides what may be repeated.</summary>
public abstract record CallOutcome
{
    private CallOutcome()
    {
    }

    /// <summary>The tool answered.</summary>
    public sealed record Answered(CallToolResult Result) : CallOutcome
    {
        /// <summary>The structured result, or the text of the first block parsed as JSON; null when there is neither.</summary>
        public JsonElement? Structured => Result.StructuredContent ?? ParseText();

        public override string Summary => "answered";

        private JsonElement? ParseText()
        {
            if (Result.Content.OfType<TextContentBlock>().FirstOrDefault() is not { } text) return null;
            try
            {
                return JsonElement.Parse(text.Text);
            }
            catch (JsonException)
            {
                return null;
            }
        }
    }

    /// <summary>The tool ran and reported an error.</summary>
    public sealed record Failed(string Message) : CallOutcome
    {
        public override string Summary => Message;
    }

    /// <summary>The server did not take the call: unknown tool, malformed arguments, too many requests.</summary>
    /// <param name="Code">JSON-RPC error code.</param>
    /// <param name="Message">The server's words.</param>
    public sealed record Refused(int Code, string Message) : CallOutcome
    {
        public override string Summary => $"refused ({Code}): {Message}";
    }

    /// <summary>No answer in time. The server was told to stop; whether the tool had an effect is unknown.</summary>
    public sealed record TimedOut(TimeSpan After) : CallOutcome
    {
        public override string Summary => $"no answer within {After.TotalSeconds:0.#} s";
    }

    /// <summary>No connection, or it was lost before the answer.</summary>
    /// <param name="Reason">Why.</param>
    /// <param name="MayHaveRun">False when the call was certainly not sent.</param>
    public sealed record Lost(string Reason, bool MayHaveRun) : CallOutcome
    {
        public override string Summary => Reason;
    }

    /// <summary>One phrase for logs and messages.</summary>
    public abstract string Summary { get; }
}
