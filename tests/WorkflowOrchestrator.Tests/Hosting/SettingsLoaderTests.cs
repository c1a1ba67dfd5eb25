using System.Collections;
using Workflow.Hosting;

namespace Workflow.Tests.Hosting;

public sealed class SettingsLoaderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wo-settings").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Load_OriginalFile_HasTheDefaultsOfTheDesign()
    {
        var settings = Valid(Load("""
            workflow_orchestrator:
              socket_path: /tmp/workflow_orchestrator.sock
              openspec_path: openspec/changes/
              lm_studio_url: http://localhost:1234
              mcp_socket: /tmp/mcp_orchestrator.sock
            question_routing:
              cache_timeout: 3600          # seconds
              max_concurrent_questions: 10
            document_updates:
              auto_commit: true
              backup_before_update: true
            feedback_loop:
              analysis_interval: 3600      # seconds
              improvement_threshold: 0.1   # 10 %
            """)).Settings;

        Assert.Equal(Valid(Load(null)).Settings with { Review = settings.Review }, settings);
        Assert.Equal(TimeSpan.FromHours(1), settings.Questions.CacheTimeout);
        Assert.Equal(10, settings.Questions.MaxConcurrentQuestions);
        Assert.True(settings.Documents.AutoCommit);
        Assert.Equal(0.1, settings.Feedback.ImprovementThreshold);
        Assert.Equal("127.0.0.1:8732", settings.HttpListen.ToString());
    }

    [Fact]
    public void Load_ManyFaults_ReportsAllWithKeyValueAndRemedy()
    {
        var errors = Invalid(Load("""
            workflow_orchestrator:
              socket_path: relative.sock
              lm_studio_url: not a url
            question_routing:
              cache_timeout: soon
              max_concurrent_questions: 0
            document_updates:
              auto_commit: perhaps
              mode: yolo
            http:
              listen: 0.0.0.0:8732
            colour: blue
            """));

        Assert.Equal(
            ["workflow_orchestrator.socket_path", "workflow_orchestrator.lm_studio_url", "question_routing.cache_timeout", "question_routing.max_concurrent_questions",
             "document_updates.auto_commit", "document_updates.mode", "http.listen", "colour"],
            errors.Select(error => error.Key));
        Assert.All(errors, error => Assert.False(string.IsNullOrWhiteSpace(error.Remedy)));
        Assert.All(errors, error => Assert.False(string.IsNullOrWhiteSpace(error.Value)));
    }

    [Fact]
    public void Load_BrokenYaml_NamesFileAndLine()
    {
        var error = Assert.Single(Invalid(Load("workflow_orchestrator:\n  socket_path: [unclosed\n")));

        Assert.Contains("orchestrator.yaml:", error.Problem);
    }

    [Fact]
    public void Load_MissingNamedFile_IsAnError() =>
        Assert.Single(Invalid(SettingsLoader.Load(_folder, Path.Combine(_folder, "absent.yaml"), new Hashtable())));

    [Fact]
    public void Load_Layers_CommandLineBeatsEnvironmentBeatsFileBeatsDefault()
    {
        var environment = new Hashtable { ["WO__QUESTION_ROUTING__MAX_CONCURRENT_QUESTIONS"] = "5", ["WO__QUESTION_ROUTING__CACHE_TIMEOUT"] = "50" };
        var valid = Valid(Load(
            "question_routing:\n  max_concurrent_questions: 4\n  cache_timeout: 40\n  min_confidence: 0.7\n",
            environment,
            new Dictionary<string, string?> { ["question_routing.max_concurrent_questions"] = "6" }));

        Assert.Equal(6, valid.Settings.Questions.MaxConcurrentQuestions);
        Assert.Equal(TimeSpan.FromSeconds(50), valid.Settings.Questions.CacheTimeout);
        Assert.Equal(0.7, valid.Settings.Questions.MinConfidence);
        Assert.Equal("command line", valid.Sources.Single(source => source.Key == "question_routing.max_concurrent_questions").Source);
        Assert.Equal("environment", valid.Sources.Single(source => source.Key == "question_routing.cache_timeout").Source);
        Assert.EndsWith("orchestrator.yaml", valid.Sources.Single(source => source.Key == "question_routing.min_confidence").Source);
        Assert.Equal("default", valid.Sources.Single(source => source.Key == "http.listen").Source);
    }

    [Theory]
    [InlineData("WORKFLOW_ORCHESTRATOR_SOCKET", "/run/a.sock")]
    [InlineData("OPENSPEC_WATCH_PATH", "docs/openspec/changes")]
    [InlineData("LM_STUDIO_BASE_URL", "http://localhost:4321")]
    [InlineData("MCP_ORCHESTRATOR_SOCKET", "/run/b.sock")]
    public void Load_OriginalVariables_AreHonoured(string variable, string value)
    {
        var settings = Valid(Load(null, new Hashtable { [variable] = value })).Settings.Connection;

        Assert.Contains(value, new[] { settings.SocketPath, settings.OpenSpecPath, settings.LmStudioUrl.OriginalString, settings.McpSocket });
    }

    [Fact]
    public void Load_UnknownOverride_IsAnErrorThatNamesTheNearestKey()
    {
        var error = Assert.Single(Invalid(Load(null, new Hashtable { ["WO__QUESTION_ROUTING__CACHE_TIMEOUTS"] = "5" })));

        Assert.Contains("question_routing.cache_timeout", error.Remedy);
    }

    [Fact]
    public void Load_LongSocketPath_IsAnError() =>
        Assert.Contains("107 bytes", Assert.Single(Invalid(Load(null, new Hashtable { ["WORKFLOW_ORCHESTRATOR_SOCKET"] = "/tmp/" + new string('a', 120) }))).Problem);

    [Fact]
    public void Load_SameSocketTwice_IsAnError() =>
        Assert.Equal("workflow_orchestrator.mcp_socket", Assert.Single(Invalid(Load(null, new Hashtable { ["MCP_ORCHESTRATOR_SOCKET"] = "/tmp/workflow_orchestrator.sock" }))).Key);

    [Fact]
    public void Load_List_IsReadFromYamlAndFromOneVariable()
    {
        Assert.Equal(["vague-word", "placeholder"], Valid(Load("review:\n  suppressed_rules: [vague-word, placeholder]\n")).Settings.Review.SuppressedRules);
        Assert.Equal(["a", "b"], Valid(Load(null, new Hashtable { ["WO__REVIEW__SUPPRESSED_RULES"] = "a, b" })).Settings.Review.SuppressedRules);
    }

    [Fact]
    public void Schema_CommittedFile_IsWhatTheCodeGenerates()
    {
        var root = Path.GetDirectoryName(FindUp("WorkflowOrchestrator.sln"))!;
        var committed = File.ReadAllText(Path.Combine(root, "config", "orchestrator.schema.json"));

        Assert.Equal(SettingsSchema.Generate(), committed); // after a change: wo config schema > config/orchestrator.schema.json
        Assert.StartsWith("# yaml-language-server: $schema=orchestrator.schema.json", File.ReadAllText(Path.Combine(root, "config", "orchestrator.yaml")));
    }

    internal static string FindUp(string name)
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, name)))
                return Path.Combine(folder, name);
        }

        throw new FileNotFoundException(name);
    }

    private SettingsOutcome Load(string? yaml, Hashtable? environment = null, Dictionary<string, string?>? commandLine = null)
    {
        if (yaml is not null)
        {
            Directory.CreateDirectory(Path.Combine(_folder, "config"));
            File.WriteAllText(Path.Combine(_folder, "config", "orchestrator.yaml"), yaml);
        }

        return SettingsLoader.Load(_folder, null, environment ?? [], commandLine);
    }

    private static SettingsOutcome.Valid Valid(SettingsOutcome outcome) =>
        outcome as SettingsOutcome.Valid ?? throw new InvalidOperationException(string.Join("\n", ((SettingsOutcome.Invalid)outcome).Errors));

    private static IReadOnlyList<SettingsError> Invalid(SettingsOutcome outcome) => Assert.IsType<SettingsOutcome.Invalid>(outcome).Errors;
}
