using System.Net;
using System.Text;

namespace Workflow.Hosting;

/// <summary>Every key of <c>config/orchestrator.yaml</c>, with default, limits and meaning, in one place.</summary>
internal static class SettingsBinder
{
    // sockaddr_un holds 108 bytes with the final zero.
    private const int MaxSocketPathBytes = 107;
    private const double Day = 86_400;

    public static OrchestratorSettings Bind(SettingsReader reader)
    {
        var settings = new OrchestratorSettings(
            Connections(reader),
            Questions(reader),
            Documents(reader),
            Feedback(reader),
            new ReviewSettings(
                reader.List("review.suppressed_rules", "Ids of built-in rules that are not reported."),
                reader.Integer("review.max_attempts", 3, 1, 100, "Failed attempts after which a revision is parked."),
                reader.Integer("review.max_concurrent_changes", 4, 1, 64, "Changes worked on at the same time."),
                reader.Integer("review.max_model_sections", 60, 0, 1000, "Most sections of one revision that are sent to the model; the rest is reviewed by rules."),
                reader.Integer("review.ambiguity_samples", 3, 0, 5, "How often the model restates a requirement whose words may have several readings; 0 switches it off."),
                reader.Integer("review.dismissed_examples", 6, 0, 12, "Findings that people dismissed, shown to the model as examples of what not to report."),
                reader.Text("review.prompts_path", "", "Folder with prompts that take the place of the built-in ones; empty for none.", CheckPrompts)),
            LmStudio(reader),
            reader.Parsed("http.listen", "127.0.0.1:8732", "Address and port of the health, metrics and dashboard endpoint; loopback only. Port 0 takes a free one.", ParseLoopback, "a loopback address with a port"),
            new StorageSettings(TimeSpan.FromDays(reader.Number("storage.backup_retention_days", 90, 1, 3650, "Days that backups are kept."))),
            new LoggingSettings(
                reader.Choice("logging.level", LogLevel.Information, "Least level that is written."),
                reader.Choice("logging.format", LogFormat.Text, "Format on standard error: text for people, json for journals.") == LogFormat.Json,
                reader.Flag("logging.files", true, "Also write rolling files into the state folder.")),
            reader.Optional("telemetry.otlp_endpoint", "Base address of an OTLP/HTTP collector, for example http://127.0.0.1:4318; empty sends nothing.", ParseHttp, "an http address"),
            new HealthSettings(
                reader.Seconds("health.heartbeat_timeout", 60, 15, 3600, "A service without a heartbeat for this long counts as hung."),
                reader.Flag("health.exit_when_hung", false, "End the process when a service hangs, for service managers without a watchdog (launchd)."),
                reader.Seconds("health.probe_interval", 60, 1, Day, "Time between two looks at what the daemon depends on: git, space on disk, limits of file watching."),
                (long)(reader.Number("health.min_free_megabytes", 256, 0, 1_000_000, "Less free space than this, in the state folder or the repository, is a warning. Megabytes.") * 1_000_000)));
        if (settings.Connection.SocketPath == settings.Connection.McpSocket)
        {
            reader.Errors.Add(new SettingsError(
                "workflow_orchestrator.mcp_socket",
                settings.Connection.McpSocket,
                "is also the daemon's own socket_path",
                "Give the two sockets different paths",
                "all layers together"));
        }

        return settings;
    }

    private static ConnectionSettings Connections(SettingsReader reader) => new(
        reader.Text("workflow_orchestrator.socket_path", "/tmp/workflow_orchestrator.sock", "Unix socket of the daemon's MCP server.", CheckSocket),
        reader.Text("workflow_orchestrator.openspec_path", "openspec/changes/", "The OpenSpec changes folder, relative to the repository.", CheckChangesFolder),
        reader.Parsed("workflow_orchestrator.lm_studio_url", "http://localhost:1234", "Base address of the LM Studio server.", ParseHttp, "an http address"),
        reader.Text("workflow_orchestrator.mcp_socket", "/tmp/mcp_orchestrator.sock", "Unix socket of the MCP Orchestrator.", CheckSocket),
        TimeSpan.FromMilliseconds(reader.Number("workflow_orchestrator.settle_milliseconds", 300, 0, 60_000, "Quiet time after a file event before a change is read. Milliseconds.")),
        reader.Seconds("workflow_orchestrator.reconcile_interval", 30, 1, Day, "Time between full scans that need no file event."),
        (long)reader.Number("workflow_orchestrator.max_file_bytes", 4 * 1024 * 1024, 1024, 1024 * 1024 * 1024, "Documents over this size are reported and not read. Bytes.", integer: true),
        reader.Integer("workflow_orchestrator.max_change_files", 500, 1, 100_000, "Changes with more files are reported and not read."));

    private static QuestionSettings Questions(SettingsReader reader) => new(
        reader.Seconds("question_routing.cache_timeout", 3600, 0, 365 * Day, "How long an answer may be reused for the same question."),
        reader.Integer("question_routing.max_concurrent_questions", 10, 1, 1000, "Questions in flight; the rest wait in the store."),
        reader.Seconds("question_routing.route_timeout", 30, 0.1, 3600, "Time budget of one route for one question."),
        reader.Number("question_routing.min_confidence", 0.6, 0, 1, "Least confidence at which an agent's answer is accepted."),
        reader.Integer("question_routing.max_questions_per_revision", 3, 0, 20, "Most questions that the review of one revision may ask."))
    {
        QuestionTimeout = reader.Seconds("question_routing.question_timeout", 120, 0.1, Day, "How long agents together may take for one question; then it goes to the human."),
        SecondOpinionBelow = reader.Number("question_routing.second_opinion_below", 0.75, 0, 1, "An answer of less confidence is confirmed by a second agent, if there is one, before it is accepted."),
        Human = Human(reader),
        Tools = new AgentToolNames(
            ToolName(reader, "register_service"), ToolName(reader, "deregister_service"), ToolName(reader, "list_agents"), ToolName(reader, "ask_agent")),
    };

    private static HumanSettings Human(SettingsReader reader) => new(
        reader.Integer("question_routing.human_questions_per_day", 50, 0, 10_000, "Most questions put before you a day; the rest wait for the next. 0: no limit."),
        reader.Optional("question_routing.human_quiet_hours", "When no new question is put before you, in local time, for example 22:00-07:30; empty: never.", QuietHours.Parse, "two times of day, for example 22:00-07:30"),
        reader.Seconds("question_routing.human_batch_interval", 0, 0, Day, "Least time between two batches of new questions; blocking ones do not wait for it."),
        reader.List("question_routing.notify_command", "Program and arguments that tell you of new questions, run without a shell; {title} and {text} are replaced. For example notify-send, {title}, {text}."),
        reader.Optional("question_routing.notify_webhook", "Address to which a JSON notice of new questions is posted; empty: none.", ParseHttp, "an http address"));

    private static string ToolName(SettingsReader reader, string tool) =>
        reader.Text($"question_routing.{tool}_tool", tool, $"Name of the MCP Orchestrator's tool '{tool}'.", CheckToolName);

    private static (string Problem, string Remedy)? CheckToolName(string name) =>
        name.Length is > 0 and <= 128 && name.All(character => char.IsAsciiLetterOrDigit(character) || character is '_' or '-' or '.' or '/')
            ? null
            : ("is not a tool name", "Write 1 to 128 letters, digits and _ - . /");

    private static FeedbackSettings Feedback(SettingsReader reader) => new(
        reader.Seconds("feedback_loop.analysis_interval", 3600, 5, 30 * Day, "Time between two analyses of the daemon's own work."),
        reader.Number("feedback_loop.improvement_threshold", 0.1, 0, 1, "Least expected gain at which an improvement may be applied, as a share (0.1 = 10 %)."),
        reader.Flag("feedback_loop.enabled", true, "false: nothing is analysed, proposed or tried, and every tunable is put back to its setting."),
        reader.Flag("feedback_loop.auto_apply", true, "Try improvements of tunables without asking, and keep those that measurably help; false waits for 'wo improvement approve'."),
        reader.Integer("feedback_loop.max_open_improvements", 3, 0, 20, "Improvements that may be open at the same time."),
        reader.Integer("feedback_loop.max_improvements_per_day", 3, 0, 100, "Improvements that may be proposed within 24 hours."),
        reader.Seconds("feedback_loop.trial_limit", Day, 10, 30 * Day, "An experiment that has not decided after this time is dropped."),
        reader.Integer("feedback_loop.max_replays_per_day", 100, 0, 10_000, "Items that may be reviewed again within a day to measure quality, while nothing else is to be done; each costs the model two reviews."),
        reader.Optional("feedback_loop.quiet_hours", "Local time in which nothing is tried, for example 22:00-07:00; empty: none.", QuietHours.Parse, "a time of day from-to, such as 22:00-07:00"));

    private static DocumentSettings Documents(SettingsReader reader) => new(
        reader.Flag("document_updates.auto_commit", true, "Commit each update with git, exactly its files."),
        reader.Flag("document_updates.backup_before_update", true, "Copy the old bytes to the state folder first."),
        reader.Choice("document_updates.mode", UpdateMode.Auto, "auto: apply what passes every gate, hold back what is sensitive; review: hold back all; shadow: write nothing, record what would have been written."),
        reader.Integer("document_updates.max_files", 10, 1, 1000, "An update of more files is held back for a human."),
        reader.Integer("document_updates.max_changed_lines", 200, 1, 100_000, "An update that changes more lines of human text is held back for a human."),
        reader.Seconds("document_updates.git_timeout", 120, 1, 3600, "Time limit of one git command, hooks included."),
        reader.Integer("document_updates.max_updates_per_hour", 120, 1, 1_000_000, "More updates than this in an hour are held back for a human."),
        reader.Number("document_updates.max_share", 0.5, 0.01, 1, "An update that changes a greater share of a document's lines is held back for a human."),
        reader.Number("document_updates.breaker_rate", 0.3, 0.05, 1, "When this share of the last 20 updates was rejected or taken back (at least 3), every update is held back."),
        reader.Seconds("document_updates.breaker_pause", Day, 60, 30 * Day, "Time without another rejected update after which updates are applied again; three approvals in a row do the same."));

    private static LmStudioSettings LmStudio(SettingsReader reader) => new(
        reader.Choice("lm_studio.mode", ModelMode.Auto, "auto: use a model when one is ready, otherwise the built-in rules; required: work waits for a model; off: never use one."),
        reader.Text("lm_studio.model", "", "Name of the model to use; empty: the one that is loaded.") is { Length: > 0 } model ? model : null,
        reader.Integer("lm_studio.context_tokens", 32_768, 2048, 1_048_576, "Context with which the model is loaded. Tokens."),
        reader.Integer("lm_studio.assumed_context_tokens", 8192, 1024, 1_048_576, "Context to reckon with when the server does not tell it. Tokens."),
        reader.Integer("lm_studio.max_concurrent_calls", 4, 1, 64, "Calls in flight at most, and the slots with which the model is loaded."),
        reader.Seconds("lm_studio.total_timeout", 900, 1, 86_400, "Longest time of a call, with waiting for its turn and all attempts."),
        reader.Seconds("lm_studio.first_token_timeout", 300, 0.1, 3600, "Longest time to the first token: the server reads the prompt."),
        reader.Seconds("lm_studio.idle_timeout", 60, 0.1, 3600, "Longest pause between two tokens."),
        reader.Seconds("lm_studio.probe_interval", 5, 0.1, 300, "Time between two looks at the model server."),
        reader.Seconds("lm_studio.patience", 120, 0, Day, "How long a review that was begun with the model waits for it to come back before the built-in rules finish it (mode auto)."),
        reader.Integer("lm_studio.record_megabytes", 64, 0, 10_000, "Most space of the recorded exchanges in the state folder; 0 records nothing."));

    private static (string Problem, string Remedy)? CheckSocket(string path)
    {
        if (!Path.IsPathRooted(path))
            return ("is not an absolute path", "Write for example /tmp/workflow_orchestrator.sock");
        return Encoding.UTF8.GetByteCount(path) > MaxSocketPathBytes
            ? ($"is longer than the {MaxSocketPathBytes} bytes that a Unix socket address can hold", "Choose a shorter path, for example under /tmp or $XDG_RUNTIME_DIR")
            : null;
    }

    private static (string Problem, string Remedy)? CheckPrompts(string path) =>
        path.Length == 0 || Path.IsPathRooted(path) ? null : ("is not an absolute path", "Write for example /home/me/prompts");

    private static (string Problem, string Remedy)? CheckChangesFolder(string path) =>
        Path.GetFileName(Path.TrimEndingDirectorySeparator(path)) == "changes"
            ? null
            : ("is not the path of a 'changes' folder", "Write for example openspec/changes/ (OpenSpec keeps the main specs beside it, in openspec/specs/)");

    private static Uri? ParseHttp(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" ? uri : null;

    private static IPEndPoint? ParseLoopback(string text)
    {
        var normalised = text.StartsWith("localhost:", StringComparison.OrdinalIgnoreCase) ? "127.0.0.1" + text["localhost".Length..] : text;
        return IPEndPoint.TryParse(normalised, out var endpoint) && IPAddress.IsLoopback(endpoint.Address) && normalised.LastIndexOf(':') > normalised.LastIndexOf(']') ? endpoint : null;
    }

    private enum LogFormat
    {
        Text,
        Json,
    }
}
