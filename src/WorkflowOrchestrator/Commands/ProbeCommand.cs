using System.CommandLine;
using System.Text.Json;
using Workflow.Hosting;

namespace Workflow.Commands;

/// <summary><c>wo probe-lm-studio</c>: whether an OpenAI-compatible server answers, for start-all.sh. It only asks for the list of models.</summary>
internal static class ProbeCommand
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(3);

    public static Command Create()
    {
        var url = new Option<Uri>("--url") { Description = "Base address of the server.", Required = true };
        var command = new Command("probe-lm-studio", "Say whether a model server answers. Example: wo probe-lm-studio --url http://localhost:1234") { url };
        command.Hidden = true;
        command.SetAction(async (result, cancellationToken) =>
        {
            using var http = new HttpClient { Timeout = Timeout };
            try
            {
                using var models = JsonDocument.Parse(await http.GetStringAsync(new Uri(result.GetValue(url)!, "/v1/models"), cancellationToken));
                Console.WriteLine($"{models.RootElement.GetProperty("data").GetArrayLength()} models");
                return ExitCodes.Done;
            }
            catch (Exception error) when (error is HttpRequestException or TaskCanceledException or JsonException or KeyNotFoundException or InvalidOperationException)
            {
                Console.Error.WriteLine(error.Message);
                return ExitCodes.Failed;
            }
        });
        return command;
    }
}
