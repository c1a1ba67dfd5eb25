using System.Text;
using Microsoft.Extensions.Logging;
using Platform.Models.Wire;

namespace Platform.Models.Recording;

/// <summary>Keeps every exchange, redacted and limited in size. What cannot be kept is logged once and never stops a call.</summary>
internal sealed class ExchangeRecorder(ModelServerSettings settings, ILogger logger, TimeProvider time)
{
    private const int MaxRequestBytes = 512 * 1024;
    private const int MaxBodyBytes = 512 * 1024;

    private readonly ExchangeFiles? _files = settings.RecordFolder is { } folder ? new ExchangeFiles(folder, settings.RecordBytes) : null;
    private readonly ExchangeRedactor _redactor = new(settings.ApiKey);
    private bool _complained;

    /// <summary>Begins an exchange.</summary>
    public Recording Begin(ModelCall call, byte[] request) => new(this, call, request, new ExchangeDraft(_files is null ? 0 : MaxBodyBytes), time.GetTimestamp());

    private void Keep(ModelCall call, byte[] request, ExchangeDraft draft, ModelFailure? failure, bool wasAbandoned, TimeSpan duration)
    {
        if (_files is null)
            return;
        try
        {
            _files.Append(new RecordedExchange(
                time.GetUtcNow(),
                call.Request.Run,
                call.Request.Purpose,
                call.Attempts,
                call.Model,
                RecordedExchange.KeyOf(request),
                request.Length <= MaxRequestBytes ? _redactor.Redact(Encoding.UTF8.GetString(request)) : "",
                draft.Status,
                draft.ContentType,
                _redactor.Redact(draft.Body),
                draft.IsCut,
                failure?.Kind,
                wasAbandoned,
                (long)duration.TotalMilliseconds));
            _complained = false;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            if (!_complained)
                logger.LogWarning(ModelEventIds.RecordFailed, "Exchanges with the model are not recorded: {Reason}", error.Message);
            _complained = true;
        }
    }

    /// <summary>An exchange that goes on.</summary>
    internal sealed class Recording(ExchangeRecorder owner, ModelCall call, byte[] request, ExchangeDraft draft, long started)
    {
        public ExchangeDraft Draft => draft;

        public void Complete(ModelFailure? failure, bool wasAbandoned) => owner.Keep(call, request, draft, failure, wasAbandoned, owner.Elapsed(started));
    }

    private TimeSpan Elapsed(long started) => time.GetElapsedTime(started);
}
