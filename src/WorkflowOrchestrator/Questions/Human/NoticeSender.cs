using System.ComponentModel;
using System.Globalization;
using Platform.Processes;
using Workflow.Hosting;

namespace Workflow.Questions.Human;

/// <summary>Sends one notice: runs the configured program without a shell, or posts to the configured address. Nothing that others wrote chooses either.</summary>
internal sealed class NoticeSender(OrchestratorSettings settings, Repository repository) : IDisposable
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(10);

    // No redirects: the notice goes to the address that was configured and nowhere else.
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { Timeout = s_timeout, MaxResponseContentBufferSize = 64 * 1024 };

    /// <summary>Whether anybody is to be told in this way.</summary>
    public bool Serves(NoticeChannel channel) => channel == NoticeChannel.Command ? settings.Questions.Human.NotifyCommand.Count > 0 : settings.Questions.Human.Webhook is not null;

    /// <summary>Sends it; returns what went wrong, or null.</summary>
    public Task<string?> SendAsync(Notice notice, CancellationToken cancellationToken)
    {
        if (!Serves(notice.Channel))
            return Task.FromResult<string?>("it is no longer configured");
        return notice.Channel == NoticeChannel.Command ? RunAsync(notice.Body, cancellationToken) : PostAsync(notice, cancellationToken);
    }

    public void Dispose() => _http.Dispose();

    private async Task<string?> RunAsync(NoticeBody body, CancellationToken cancellationToken)
    {
        var command = settings.Questions.Human.NotifyCommand;
        var arguments = command.Skip(1).Select(argument => argument.Replace("{title}", body.Title, StringComparison.Ordinal).Replace("{text}", body.Text, StringComparison.Ordinal)).ToList();
        try
        {
            var result = await ChildProcess.RunAsync(new ChildProcessCall(command[0], arguments, repository.Root, s_timeout) { MaxOutputBytes = 4096 }, cancellationToken);
            if (result.TimedOut)
                return $"{command[0]} did not end within {s_timeout.TotalSeconds:0} s";
            return result.ExitCode == 0 ? null : $"{command[0]} ended with exit code {result.ExitCode}: {result.Error.Trim()}";
        }
        catch (Win32Exception error)
        {
            return $"{command[0]} cannot be run: {error.Message}";
        }
    }

    private async Task<string?> PostAsync(Notice notice, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, settings.Questions.Human.Webhook) { Content = JsonContent.Create(notice.Body) };
        request.Headers.Add("Idempotency-Key", notice.Id.ToString(CultureInfo.InvariantCulture));
        try
        {
            using var response = await _http.SendAsync(request, cancellationToken);
            return response.IsSuccessStatusCode ? null : $"the webhook answered {(int)response.StatusCode}";
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return $"the webhook cannot be reached: {error.Message}";
        }
    }
}
