using System.Net;

namespace Workflow.Hosting;

/// <summary>All settings of the daemon, validated as a whole. Keys are those of <c>config/orchestrator.yaml</c>.</summary>
internal sealed record OrchestratorSettings(
    ConnectionSettings Connection,
    QuestionSettings Questions,
    DocumentSettings Documents,
    FeedbackSettings Feedback,
    ReviewSettings Review,
    LmStudioSettings LmStudio,
    IPEndPoint HttpListen,
    StorageSettings Storage,
    LoggingSettings Logging,
    Uri? OtlpEndpoint,
    HealthSettings Health)
{
    /// <summary>A service without a heartbeat for this long counts as hung.</summary>
    public TimeSpan HeartbeatTimeout => Health.HeartbeatTimeout;
}

/// <summary><c>workflow_orchestrator</c>: sockets, what is watched and how.</summary>
/// <param name="SocketPath">Unix socket of the daemon's MCP server.</param>
/// <param name="OpenSpecPath">The changes folder, relative to the repository or absolute.</param>
/// <param name="LmStudioUrl">Base address of the LM Studio server.</param>
/// <param name="McpSocket">Unix socket of the MCP Orchestrator.</param>
/// <param name="SettleTime">Quiet time after a file event before the changes are read.</param>
/// <param name="ReconcileInterval">Time between full scans that need no event.</param>
/// <param name="MaxFileBytes">Documents over this size are reported and not read.</param>
/// <param name="MaxChangeFiles">Changes with more files are reported and not read.</param>
internal sealed record ConnectionSettings(
    string SocketPath,
    string OpenSpecPath,
    Uri LmStudioUrl,
    string McpSocket,
    TimeSpan SettleTime,
    TimeSpan ReconcileInterval,
    long MaxFileBytes,
    int MaxChangeFiles);

/// <summary><c>question_routing</c>.</summary>
/// <param name="CacheTimeout">How long an answer may be reused for the same question.</param>
/// <param name="MaxConcurrentQuestions">Questions in flight; the rest wait in the store.</param>
/// <param name="RouteTimeout">Time budget of one route for one question.</param>
/// <param name="MinConfidence">Least confidence (0..1) at which an agent's answer is accepted.</param>
/// <param name="MaxQuestionsPerRevision">Most questions one revision may put to a human.</param>
internal sealed record QuestionSettings(TimeSpan CacheTimeout, int MaxConcurrentQuestions, TimeSpan RouteTimeout, double MinConfidence, int MaxQuestionsPerRevision)
{
    /// <summary>How long agents together may take for one question; then it goes to the human.</summary>
    public required TimeSpan QuestionTimeout { get; init; }

    /// <summary>An answer of less confidence (0..1) is confirmed by a second agent, if there is one, before it is accepted.</summary>
    public required double SecondOpinionBelow { get; init; }

    public required HumanSettings Human { get; init; }

    public required AgentToolNames Tools { get; init; }
}

/// <summary>How much of a person's attention questions may take, and how the person is told.</summary>
/// <param name="QuestionsPerDay">Most questions put before the person a day; 0: no limit.</param>
/// <param name="QuietHours">When nothing new is put before the person; null: never.</param>
/// <param name="BatchInterval">Least time between two batches of new questions.</param>
/// <param name="NotifyCommand">Program and arguments that tell the person; empty: none.</param>
/// <param name="Webhook">Where notices are posted; null: nowhere.</param>
internal sealed record HumanSettings(int QuestionsPerDay, QuietHours? QuietHours, TimeSpan BatchInterval, IReadOnlyList<string> NotifyCommand, Uri? Webhook);

/// <summary>The names of the MCP Orchestrator's tools that the daemon calls: another product may call them otherwise.</summary>
internal sealed record AgentToolNames(string RegisterService, string DeregisterService, string ListAgents, string AskAgent);

/// <summary>What happens to a planned update.</summary>
internal enum UpdateMode
{
    /// <summary>Apply what passes every gate, hold back what is sensitive.</summary>
    Auto,

    /// <summary>Hold back everything for a human.</summary>
    Review,

    /// <summary>Write nothing, record what would have been written.</summary>
    Shadow,
}

/// <summary><c>document_updates</c>.</summary>
/// <param name="AutoCommit">Commit each update with git.</param>
/// <param name="BackupBeforeUpdate">Copy the old bytes to the state folder first.</param>
/// <param name="Mode">See <see cref="UpdateMode"/>.</param>
/// <param name="MaxFiles">An update of more files is held back.</param>
/// <param name="MaxChangedLines">An update that changes more lines is held back.</param>
/// <param name="GitTimeout">Time limit of one git command (hooks included).</param>
/// <param name="MaxUpdatesPerHour">More updates in an hour are held back.</param>
/// <param name="MaxShare">An update that changes a greater share of a document's lines is held back.</param>
/// <param name="BreakerRate">Share of rejected and undone updates from which everything is held back.</param>
/// <param name="BreakerPause">Time without another, after which the breaker closes by itself.</param>
internal sealed record DocumentSettings(
    bool AutoCommit,
    bool BackupBeforeUpdate,
    UpdateMode Mode,
    int MaxFiles,
    int MaxChangedLines,
    TimeSpan GitTimeout,
    int MaxUpdatesPerHour,
    double MaxShare,
    double BreakerRate,
    TimeSpan BreakerPause);

/// <summary><c>feedback_loop</c>.</summary>
/// <param name="AnalysisInterval">Time between two analyses.</param>
/// <param name="ImprovementThreshold">Least expected gain, as a share (0.1 = 10 %), at which an improvement may be applied.</param>
/// <param name="Enabled">False measures and proposes nothing, and puts every tunable back to its setting: the kill switch.</param>
/// <param name="AutoApply">Try and keep improvements without asking; false waits for <c>wo improvement approve</c>.</param>
/// <param name="MaxOpenImprovements">Improvements that may be open at the same time.</param>
/// <param name="MaxImprovementsPerDay">Improvements that may be proposed within 24 hours.</param>
/// <param name="TrialLimit">An experiment that has not decided by then is dropped.</param>
/// <param name="MaxReplaysPerDay">Items that may be reviewed again within a day to measure quality; each costs the model two reviews.</param>
/// <param name="QuietHours">Local time in which nothing is tried; null: none.</param>
internal sealed record FeedbackSettings(
    TimeSpan AnalysisInterval,
    double ImprovementThreshold,
    bool Enabled,
    bool AutoApply,
    int MaxOpenImprovements,
    int MaxImprovementsPerDay,
    TimeSpan TrialLimit,
    int MaxReplaysPerDay,
    QuietHours? QuietHours);

/// <summary>A part of the day, by local time; it may go over midnight.</summary>
internal sealed record QuietHours(TimeOnly From, TimeOnly To)
{
    public bool Contains(TimeOnly time) => time.IsBetween(From, To);

    /// <summary>Reads <c>22:00-07:00</c>; null when it is not of this form.</summary>
    public static QuietHours? Parse(string text) =>
        text.Split('-', StringSplitOptions.TrimEntries) is [var from, var to]
        && TimeOnly.TryParseExact(from, "HH:mm", out var start)
        && TimeOnly.TryParseExact(to, "HH:mm", out var end)
        && start != end ? new QuietHours(start, end) : null;
}

/// <summary><c>review</c>.</summary>
/// <param name="SuppressedRules">Rule ids that the built-in reviewer does not report.</param>
/// <param name="MaxAttempts">Failed attempts after which a revision is parked.</param>
/// <param name="MaxConcurrentChanges">Changes worked on at the same time.</param>
/// <param name="MaxModelSections">Most sections of one revision that are sent to the model; the rest is reviewed by rules.</param>
/// <param name="AmbiguitySamples">How often the model restates a requirement whose words may have several readings; 0 switches it off.</param>
/// <param name="DismissedExamples">Findings that people dismissed, shown to the model as examples of what not to report.</param>
/// <param name="PromptsPath">Folder with prompts that take the place of the built-in ones; empty for none.</param>
internal sealed record ReviewSettings(
    IReadOnlyList<string> SuppressedRules, int MaxAttempts, int MaxConcurrentChanges, int MaxModelSections, int AmbiguitySamples, int DismissedExamples, string PromptsPath);

/// <summary>Whether a model is used.</summary>
internal enum ModelMode
{
    /// <summary>When one is ready; otherwise the built-in rules do the work.</summary>
    Auto,

    /// <summary>Always: work waits until one is ready.</summary>
    Required,

    /// <summary>Never.</summary>
    Off,
}

/// <summary><c>lm_studio</c>: how the model server at <c>workflow_orchestrator.lm_studio_url</c> is used. Its API key comes from <c>LM_STUDIO_API_KEY</c> alone.</summary>
/// <param name="Mode">See <see cref="ModelMode"/>.</param>
/// <param name="Model">The model to use; null: the one that is loaded.</param>
/// <param name="ContextTokens">Context with which a model is loaded (start-all.sh, and when the named model is not loaded).</param>
/// <param name="AssumedContextTokens">Context to reckon with when the server does not tell.</param>
/// <param name="MaxConcurrentCalls">Calls in flight at most; also the slots with which a model is loaded.</param>
/// <param name="TotalTimeout">Longest time of a call.</param>
/// <param name="FirstTokenTimeout">Longest time to the first token.</param>
/// <param name="IdleTimeout">Longest pause between tokens.</param>
/// <param name="ProbeInterval">Time between two looks at the server.</param>
/// <param name="Patience">How long a review that was begun with the model waits for it to come back before the built-in rules finish it (mode auto).</param>
/// <param name="RecordMegabytes">Most space of recorded exchanges; 0 records nothing.</param>
internal sealed record LmStudioSettings(
    ModelMode Mode,
    string? Model,
    int ContextTokens,
    int AssumedContextTokens,
    int MaxConcurrentCalls,
    TimeSpan TotalTimeout,
    TimeSpan FirstTokenTimeout,
    TimeSpan IdleTimeout,
    TimeSpan ProbeInterval,
    TimeSpan Patience,
    int RecordMegabytes);

/// <summary><c>storage</c>.</summary>
/// <param name="BackupRetention">How long backups are kept.</param>
internal sealed record StorageSettings(TimeSpan BackupRetention);

/// <summary><c>logging</c>.</summary>
/// <param name="Level">Least level: trace, debug, information, warning, error.</param>
/// <param name="Json">JSON lines on standard error instead of text.</param>
/// <param name="Files">Also write rolling files into the state folder.</param>
internal sealed record LoggingSettings(LogLevel Level, bool Json, bool Files);

/// <summary><c>health</c>.</summary>
/// <param name="HeartbeatTimeout">A service without a heartbeat for this long counts as hung.</param>
/// <param name="ExitWhenHung">End the process when a service hangs, for service managers without a watchdog.</param>
/// <param name="ProbeInterval">Time between two looks at what the daemon depends on.</param>
/// <param name="MinFreeBytes">Less free space than this, in the state folder or the repository, is a warning.</param>
internal sealed record HealthSettings(TimeSpan HeartbeatTimeout, bool ExitWhenHung, TimeSpan ProbeInterval, long MinFreeBytes);
