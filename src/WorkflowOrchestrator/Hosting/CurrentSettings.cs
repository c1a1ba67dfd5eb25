namespace Workflow.Hosting;

/// <summary>One consistent reading of the configuration.</summary>
/// <param name="Settings">The values.</param>
/// <param name="Sources">Where each came from.</param>
/// <param name="Values">All keys that were set anywhere, by <c>section:key</c>, as text.</param>
/// <param name="File">The configuration file, if there is one.</param>
internal sealed record SettingsSnapshot(OrchestratorSettings Settings, IReadOnlyList<SettingSource> Sources, IReadOnlyDictionary<string, string?> Values, string? File);

/// <summary>
/// The settings in force: one immutable snapshot, swapped as a whole by a reload. Inject this to follow a reload, and read it at each use; inject
/// <see cref="OrchestratorSettings"/> for what is built once, and leave its keys out of <see cref="LiveKeys"/>: they then need a restart.
/// </summary>
internal sealed class CurrentSettings(SettingsSnapshot initial)
{
    private SettingsSnapshot _snapshot = initial;

    public CurrentSettings(OrchestratorSettings settings)
        : this(new SettingsSnapshot(settings, [], new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase), null))
    {
    }

    /// <summary>Everything at once, for a reader of several values that belong together.</summary>
    public SettingsSnapshot Snapshot => Volatile.Read(ref _snapshot);

    public ConnectionSettings Connection => Snapshot.Settings.Connection;

    public QuestionSettings Questions => Snapshot.Settings.Questions;

    public DocumentSettings Documents => Snapshot.Settings.Documents;

    public ReviewSettings Review => Snapshot.Settings.Review;

    public FeedbackSettings Feedback => Snapshot.Settings.Feedback;

    public StorageSettings Storage => Snapshot.Settings.Storage;

    public LoggingSettings Logging => Snapshot.Settings.Logging;

    public HealthSettings Health => Snapshot.Settings.Health;

    public TimeSpan HeartbeatTimeout => Snapshot.Settings.HeartbeatTimeout;

    public static implicit operator CurrentSettings(OrchestratorSettings settings) => new(settings);

    public void Swap(SettingsSnapshot snapshot) => Volatile.Write(ref _snapshot, snapshot);
}
