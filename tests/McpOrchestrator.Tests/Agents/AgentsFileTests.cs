using System.Collections;
using McpOrchestrator.Agents.Configuration;

namespace McpOrchestrator.Tests.Agents;

public sealed class AgentsFileTests : IDisposable
{
    private const string Librarian = "agents:\n  - id: lib\n    kind: librarian\n    description: Reads.\n    capabilities: [a, b]\n    paths: [docs/, .]\n";

    private readonly string _folder = Directory.CreateTempSubdirectory("agents-file-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Parse_Librarian_GivesItWithDefaults()
    {
        var agent = Assert.IsType<AgentDefinition.Librarian>(Single(Librarian));

        Assert.Equal(("lib", "librarian", "Reads."), (agent.Profile.Id, agent.Profile.Kind, agent.Profile.Description));
        Assert.Equal(["a", "b"], agent.Profile.Capabilities);
        Assert.Equal(["docs", "."], agent.Paths);
        Assert.True(agent.Comments);
        Assert.Equal(new McpOrchestrator.Agents.AgentLimits(4, 60, 0, TimeSpan.FromSeconds(45)), agent.Limits);
    }

    [Fact]
    public void Parse_Limits_AreTaken()
    {
        var agent = Single(Librarian + "    max_in_flight: 2\n    max_waiting: 0\n    max_per_minute: 30\n    timeout: 1.5\n    comments: false\n");

        Assert.Equal(new McpOrchestrator.Agents.AgentLimits(2, 0, 30, TimeSpan.FromSeconds(1.5)), agent.Limits);
        Assert.False(Assert.IsType<AgentDefinition.Librarian>(agent).Comments);
    }

    [Fact]
    public void Parse_Tool_OfEachServer()
    {
        var stdio = Assert.IsType<AgentDefinition.Tool>(Single(Agent("tool", "command: npx\n    arguments: [-y, server]\n    environment: [TOKEN, A=b]\n    tool: echo\n    map:\n      message: \"{question}\"\n      count: 3\n    confidence: 0.7")));
        Assert.Equivalent(new ToolServer.Stdio(new ProgramCall("npx", ["-y", "server"], ["TOKEN", "A=b"], ".")), stdio.Server, strict: true);
        Assert.Equal(("echo", 0.7), (stdio.ToolName, stdio.Confidence));
        Assert.Equal(new Dictionary<string, string> { ["message"] = "{question}", ["count"] = "3" }, stdio.Arguments);

        var socket = Assert.IsType<AgentDefinition.Tool>(Single(Agent("tool", "socket: ${MY_SOCKET}\n    tool: t\n    map: {q: \"{question}\"}"), ("MY_SOCKET", "/run/x.sock")));
        Assert.Equal(new ToolServer.Socket("/run/x.sock"), socket.Server);

        var http = Assert.IsType<AgentDefinition.Tool>(Single(Agent("tool", "url: https://example.org/mcp\n    token_variable: TOKEN\n    tool: t\n    map: {q: \"{question}\"}")));
        Assert.Equal(new ToolServer.Http(new Uri("https://example.org/mcp"), "TOKEN"), http.Server);
    }

    [Fact]
    public void Parse_Command_GivesProgram()
    {
        var command = Assert.IsType<AgentDefinition.Command>(Single(Agent("command", "command: scripts/x.sh\n    arguments: [a]\n    folder: docs\n    max_output: 1000")));
        Assert.Equivalent(new ProgramCall("scripts/x.sh", ["a"], [], "docs"), command.Program, strict: true);
        Assert.Equal((1000, 0.5), (command.MaxOutputBytes, command.Confidence));
    }

    [Theory]
    [InlineData(null, "http://localhost:1234/")]
    [InlineData("http://10.0.0.5:8080", "http://10.0.0.5:8080/")]
    public void Parse_Model_TakesServerFromEnvironment(string? variable, string url)
    {
        var text = Librarian + Agent("model", "prompt: You are an architect.").Replace("agents:\n", "", StringComparison.Ordinal);
        var (agents, faults) = AgentsFile.Parse("f", text, Environment(("LM_STUDIO_BASE_URL", variable)));

        Assert.Empty(faults);
        var model = Assert.IsType<AgentDefinition.Model>(agents[1]);
        Assert.Equal((new Uri(url), null, "lib", 8, 1), (model.Url, model.ModelId, model.Source, model.Passages, model.Limits.InFlight));
    }

    [Theory]
    [InlineData("agents:\n  - id: lib\n    kind: wizard\n    description: x\n", "agents[0].kind: 'wizard' is not known. Known kinds: librarian, model, tool, command.")]
    [InlineData("agents:\n  - kind: librarian\n    description: x\n", "agents[0].id is missing.")]
    [InlineData("agents:\n  - id: Lib rary\n    kind: librarian\n    description: x\n", "agents[0].id: 'Lib rary' may have only")]
    [InlineData("agents:\n  - id: lib\n    kind: librarian\n    description: x\n    colour: red\n", "agents[0].colour is not a known key.")]
    [InlineData("agents:\n  - id: lib\n    kind: librarian\n    description: x\n    tool: red\n", "agents[0].tool is not a key of the kind librarian; it belongs to tool.")]
    [InlineData("agents:\n  - id: lib\n    kind: librarian\n    description: [x, y]\n", "agents[0].description must be one value, not a list.")]
    [InlineData("agents:\n  - id: lib\n    kind: librarian\n    description: x\n    paths: [../other]\n", "leads out of the repository")]
    [InlineData("agents:\n  - id: lib\n    kind: librarian\n    description: x\n    timeout: 300\n", "agents[0].timeout: '300' must be a number from 0.1 to 55.")]
    [InlineData("agents:\n  - id: lib\n    kind: librarian\n    description: x\n    max_in_flight: many\n", "must be a number")]
    [InlineData("agents:\n  - id: lib\n    kind: librarian\n    description: x\n    comments: perhaps\n", "must be true or false")]
    [InlineData("agents: []\n", "the list is empty")]
    [InlineData("helpers:\n  a: b\n", "'helpers.a' is not a known key")]
    [InlineData("agents:\n  - id: a\n    kind: librarian\n    description: x\n  - id: a\n    kind: librarian\n    description: x\n", "the id 'a' is given 2 times")]
    [InlineData("agents: [\n", "not valid YAML")]
    [InlineData("agents:\n  - id: m\n    kind: model\n    description: x\n    prompt: p\n", "there is no librarian")]
    [InlineData("agents:\n  - id: m\n    kind: model\n    description: x\n", "agents[0].prompt is missing.")]
    [InlineData("agents:\n  - id: t\n    kind: tool\n    description: x\n    tool: e\n    map: {a: b}\n", "exactly one of command, socket and url; none is given")]
    [InlineData("agents:\n  - id: t\n    kind: tool\n    description: x\n    tool: e\n    map: {a: b}\n    command: x\n    url: http://x\n", "command and url are given")]
    [InlineData("agents:\n  - id: t\n    kind: tool\n    description: x\n    tool: e\n    map: {a: b}\n    url: nowhere\n", "is not a web address")]
    [InlineData("agents:\n  - id: t\n    kind: tool\n    description: x\n    tool: e\n    map: {a: [b, c]}\n    command: x\n", "write that value as JSON text")]
    [InlineData("agents:\n  - id: t\n    kind: tool\n    description: x\n    tool: e\n    map: {a: b}\n    socket: ${NOT_SET_AT_ALL}\n", "the environment variable NOT_SET_AT_ALL is not set")]
    [InlineData("agents:\n  - id: c\n    kind: command\n    description: x\n", "agents[0].command is missing.")]
    [InlineData("agents:\n  - id: c\n    kind: command\n    description: x\n    command: y\n    folder: ../..\n", "leads out of the repository")]
    [InlineData("agents:\n  - id: c\n    kind: command\n    description: x\n    command: y\n    environment: [\"1A=x\"]\n", "is neither NAME nor NAME=value")]
    public void Parse_BadFile_NamesTheFault(string text, string fault) =>
        Assert.Contains(AgentsFile.Parse("f", text, Environment()).Faults, f => f.Contains(fault, StringComparison.Ordinal));

    [Fact]
    public void Parse_SeveralFaults_ReportsAll() =>
        Assert.Equal(3, AgentsFile.Parse("f", "agents:\n  - id: B B\n    kind: wizard\n    description: x\n  - id: c\n    kind: librarian\n", Environment()).Faults.Count);

    [Fact]
    public void Load_NoFile_GivesLibrarian() => Assert.Equal([AgentDefinition.BuiltIn], AgentsFile.Load(null, "/nowhere", Environment()).Agents);

    [Fact]
    public void Load_NamedFileMissing_IsFault() => Assert.Single(AgentsFile.Load("/nowhere/agents.yaml", "/", Environment()).Faults);

    [Fact]
    public void Load_FileOfTheRepositoryThatStartsAProgram_IsRefusedUnlessNamed()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "config"));
        var file = Path.Combine(_folder, AgentsFile.DefaultPath);
        File.WriteAllText(file, Agent("command", "command: ./evil.sh"));

        Assert.Contains("starts a program or talks to a server", Assert.Single(AgentsFile.Load(null, _folder, Environment()).Faults), StringComparison.Ordinal);
        Assert.Empty(AgentsFile.Load(file, _folder, Environment()).Faults);
    }

    [Fact]
    public void CommittedFile_IsWhatTheProgramHasBuiltIn()
    {
        var (agents, faults) = AgentsFile.Load(Path.Combine(Repository(), "config", "agents.yaml"), "/", Environment());

        Assert.Empty(faults);
        Assert.Equivalent(AgentDefinition.BuiltIn, Assert.Single(agents), strict: true);
    }

    [Fact]
    public void CommittedDemoFile_HasAnAgentOfEachKind()
    {
        var (agents, faults) = AgentsFile.Load(Path.Combine(Repository(), "config", "agents.demo.yaml"), "/", Environment(("MCP_ORCHESTRATOR_PROGRAM", "/bin/x")));

        Assert.Empty(faults);
        Assert.Equal(AgentDefinition.Kinds.Order(StringComparer.Ordinal), agents.Select(a => a.Profile.Kind).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void CommittedSchema_IsWhatTheProgramGenerates() =>
        Assert.Equal(AgentsSchema.Text(), File.ReadAllText(Path.Combine(Repository(), "config", "agents.schema.json")));

    private static string Agent(string kind, string keys) => $"agents:\n  - id: x\n    kind: {kind}\n    description: d\n    {keys}\n";

    private static AgentDefinition Single(string text, params (string, string?)[] variables)
    {
        var (agents, faults) = AgentsFile.Parse("f", text, Environment(variables));
        Assert.Empty(faults);
        return Assert.Single(agents);
    }

    private static Hashtable Environment(params (string Name, string? Value)[] variables)
    {
        var table = new Hashtable();
        foreach (var (name, value) in variables) table[name] = value;
        return table;
    }

    private static string Repository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "WorkflowOrchestrator.sln"))) folder = folder.Parent ?? throw new DirectoryNotFoundException("The repository's root was not found.");
        return folder.FullName;
    }
}
