using Platform.Models.Wire;

namespace Platform.Models.Recording;

/// <summary>Keeps exchanges under the state folder.</summary>
internal sealed class ExchangeRecorder(string? folder)
{
    private const int MaxBody = 1024 * 1024;

    public Recording Begin(ModelCall call, byte[] request) => new(new ExchangeDraft(folder is null ? 0 : MaxBody));

    internal sealed class Recording(ExchangeDraft draft)
    {
        public ExchangeDraft Draft => draft;

        public ModelFailure? Failure { get; private set; }

        public void Complete(ModelFailure? failure) => Failure = failure;
    }
}
