using McpOrchestrator.Agents;

namespace McpOrchestrator.Tests.Agents;

public sealed class AgentsFileTests
{
    private const string Good = "agents:\n  - id: lib\n    kind: librarian\n    description: Reads.\n    capabilities: [a, b]\n    paths: [docs/, .]\n";

    [Fact]
    public void Parse_GoodFile_GivesAgents()
    {
        var (agents, faults) = AgentsFile.Parse("f", Good);

        Assert.Empty(faults);
        var agent = Assert.Single(agents);
        Assert.Equal(("lib", "librarian", "Reads."), (agent.Profile.Id, agent.Profile.Kind, agent.Profile.Description));
        Assert.Equal(["a", "b"], agent.Profile.Capabilities);
        Assert.Equal(["docs", "."], agent.Paths);
    }

    [Theory]
    [InlineData("agents:\n  - id: lib\n    kind: wizard\n    description: x\n", "agents[0].kind: 'wizard' is not known. Known kinds: librarian.")]
    [InlineData("agents:\n  - kind: librarian\n    description: x\n", "agents[0].id is missing.")]
    [InlineData("agents:\n  - id: Lib rary\n    kind: librarian\n    description: x\n", "agents[0].id: 'Lib rary' may have only")]
    [InlineData("agents:\n  - id: lib\n    kind: librarian\n    description: x\n    colour: red\n", "agents[0].colour is not a known key.")]
    [InlineData("agents:\n  - id: lib\n    kind: librarian\n    description: x\n    paths: [../other]\n", "leads out of the repository")]
    [InlineData("agents: []\n", "the list is empty")]
    [InlineData("helpers:\n  a: b\n", "'helpers.a' is not a known key")]
    [InlineData("agents:\n  - id: a\n    kind: librarian\n    description: x\n  - id: a\n    kind: librarian\n    description: x\n", "the id 'a' is given 2 times")]
    [InlineData("agents: [\n", "not valid YAML")]
    public void Parse_BadFile_NamesTheFault(string text, string fault) =>
        Assert.Contains(AgentsFile.Parse("f", text).Faults, f => f.Contains(fault, StringComparison.Ordinal));

    [Fact]
    public void Parse_SeveralFaults_ReportsAll() =>
        Assert.Equal(3, AgentsFile.Parse("f", "agents:\n  - id: B B\n    kind: wizard\n    description: x\n  - id: c\n    kind: librarian\n").Faults.Count);

    [Fact]
    public void Load_NoFile_GivesLibrarian() => Assert.Equal([AgentDefinition.Librarian], AgentsFile.Load(null, "/nowhere").Agents);

    [Fact]
    public void Load_NamedFileMissing_IsFault() => Assert.Single(AgentsFile.Load("/nowhere/agents.yaml", "/").Faults);

    [Fact]
    public void CommittedFile_IsWhatTheProgramHasBuiltIn()
    {
        var (agents, faults) = AgentsFile.Load(Path.Combine(Repository(), "config", "agents.yaml"), "/");

        Assert.Empty(faults);
        var agent = Assert.Single(agents);
        Assert.Equivalent(AgentDefinition.Librarian, agent, strict: true);
    }

    [Fact]
    public void CommittedSchema_IsWhatTheProgramGenerates() =>
        Assert.Equal(AgentsFile.Schema(), File.ReadAllText(Path.Combine(Repository(), "config", "agents.schema.json")));

    private static string Repository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "WorkflowOrchestrator.sln"))) folder = folder.Parent ?? throw new DirectoryNotFoundException("The repository's root was not found.");
        return folder.FullName;
    }
}
