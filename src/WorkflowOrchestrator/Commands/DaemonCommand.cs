using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Workflow.Hosting;
using Workflow.Mcp;

namespace Workflow.Commands;

/// <summary>What every command that talks to the daemon does alike: find its socket, call tools, turn failures into exit codes.</summary>
internal static class DaemonCommand
{
    /// <summary>Longest time that a tool may take, beyond what it was asked to wait.</summary>
    public static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(30);

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Runs a command against the daemon; prints its own messages to standard error.</summary>
    public static async Task<int> RunAsync(ParseResult result, Func<DaemonSession, Task<int>> work, CancellationToken cancellationToken)
    {
        // A running daemon goes on with its last good settings; the commands reach it although the file is wrong by now.
        var outcome = CommonOptions.LoadSettings(result);
        var settings = outcome switch { SettingsOutcome.Valid valid => valid.Settings, SettingsOutcome.Invalid invalid => invalid.Readable, _ => throw new InvalidOperationException("Unknown settings outcome.") };
        try
        {
            await using var client = await DaemonClient.ConnectAsync(settings.Connection.SocketPath, "wo", cancellationToken);
            return await work(new DaemonSession(client, cancellationToken));
        }
        catch (DaemonUnreachableException error)
        {
            if (outcome is SettingsOutcome.Invalid)
            {
                CommonOptions.SettingsOrReport(result);
                return ExitCodes.BadConfiguration;
            }

            Console.Error.WriteLine(error.Message);
            return ExitCodes.Unreachable;
        }
        catch (ToolFailedException error)
        {
            Console.Error.WriteLine(error.Message);
            return ExitCodes.Failed;
        }
    }

    /// <summary>Calls one tool and prints its result, as JSON or for people.</summary>
    public static Task<int> PrintAsync(ParseResult result, Option<bool> json, string tool, JsonObject arguments, Action<JsonElement> forPeople, CancellationToken cancellationToken) =>
        RunAsync(
            result,
            async daemon =>
            {
                var reply = await daemon.CallAsync(tool, arguments);
                if (result.GetValue(json))
                    PrintJson(reply);
                else
                    forPeople(reply);
                return ExitCodes.Done;
            },
            cancellationToken);

    public static void PrintJson(JsonElement value) => Console.WriteLine(JsonSerializer.Serialize(value, Indented));
}

/// <summary>An open connection for one command.</summary>
internal sealed class DaemonSession(DaemonClient client, CancellationToken cancellationToken)
{
    public CancellationToken CancellationToken => cancellationToken;

    /// <summary>Calls a tool and returns its structured result.</summary>
    /// <exception cref="ToolFailedException">The tool refused; the message is its own.</exception>
    public async Task<JsonElement> CallAsync(string tool, JsonObject? arguments = null, TimeSpan? wait = null) =>
        await client.CallAsync(tool, arguments, DaemonCommand.CallTimeout + (wait ?? TimeSpan.Zero), cancellationToken) switch
        {
            DaemonReply.Done done => done.Result,
            DaemonReply.Failed failed => throw new ToolFailedException(failed.Message),
            _ => throw new InvalidOperationException("Unknown reply."),
        };
}

/// <summary>A tool of the daemon said no.</summary>
internal sealed class ToolFailedException(string message) : Exception(message);
