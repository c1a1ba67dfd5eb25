using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Workflow.Agents;

namespace Workflow.Tests.Agents;

public sealed class AgentReplyParserTests
{
    [Fact]
    public void ParseReply_FullReply_ReadsIt()
    {
        var reply = Parse("""{"answer":" 10 MB ","confidence":0.8,"agent_id":"librarian","evidence":[{"path":"docs/a.md","line":3,"quote":"at most 10 MB","hash":"x"}]}""");
        var answered = Assert.IsType<AgentReply.Answered>(reply);
        Assert.Equal("10 MB", answered.Text);
        Assert.Equal(0.8, answered.Confidence);
        Assert.Equal("librarian", answered.AgentId);
        Assert.Equal([new AgentEvidence("docs/a.md", 3, "at most 10 MB")], answered.Passages);
    }

    [Theory]
    [InlineData("""{"answer":null,"confidence":0,"evidence":[],"agent_id":"a"}""")]
    [InlineData("""{"answer":"  ","confidence":1}""")]
    [InlineData("""{"confidence":1}""")]
    [InlineData("""{"answer":7}""")]
    public void ParseReply_NoAnswer_DoesNotKnow(string json) => Assert.IsType<AgentReply.DoesNotKnow>(Parse(json));

    [Theory]
    [InlineData("[]")]
    [InlineData("\"10 MB\"")]
    [InlineData("{\"answer\":\"a\\u0000b\"}")]
    public void ParseReply_NoObjectOrBinary_IsUnavailable(string json) => Assert.IsType<AgentReply.Unavailable>(Parse(json));

    [Fact]
    public void ParseReply_TooLong_IsUnavailable() =>
        Assert.IsType<AgentReply.Unavailable>(Parse(JsonSerializer.Serialize(new { answer = new string('x', AgentReplyParser.MaxAnswerLength + 1) })));

    [Theory]
    [InlineData("../secret")]
    [InlineData("/etc/passwd")]
    [InlineData("a/../../b")]
    [InlineData("a\\b")]
    [InlineData("a//b")]
    [InlineData("")]
    public void ParseReply_EvidenceOutsideTheRepository_IsDropped(string path) =>
        Assert.Empty(Assert.IsType<AgentReply.Answered>(Parse(JsonSerializer.Serialize(new { answer = "x", evidence = new[] { new { path, line = 1, quote = "q" } } }))).Passages);

    [Fact]
    public void ParseReply_FloodOfEvidence_IsCut()
    {
        var evidence = Enumerable.Range(1, 500).Select(line => new { path = "a.md", line, quote = "q" });
        Assert.Equal(AgentReplyParser.MaxEvidence, Assert.IsType<AgentReply.Answered>(Parse(JsonSerializer.Serialize(new { answer = "x", evidence }))).Passages.Count);
    }

    [Theory]
    [InlineData("5", 1)]
    [InlineData("-1", 0)]
    [InlineData("\"high\"", 0)]
    [InlineData("1e999", 0)]
    public void ParseReply_ConfidenceOutOfRange_IsClamped(string confidence, double expected) =>
        Assert.Equal(expected, Assert.IsType<AgentReply.Answered>(Parse($$"""{"answer":"x","confidence":{{confidence}}}""")).Confidence);

    [Theory]
    [InlineData("""[{"id":"a","capabilities":["search",1],"status":"READY","load":2}]""")]
    [InlineData("""{"agents":[{"id":"a","capabilities":["search"],"status":"ready","load":2},{"id":"a"},{"no":"id"},7]}""")]
    [InlineData("""{"result":[{"id":"a","capabilities":["search"],"load":2}]}""")]
    public void ParseAgents_AnyWrapping_ReadsThem(string json)
    {
        var agent = Assert.Single(AgentReplyParser.ParseAgents(JsonElement.Parse(json))!);
        Assert.Equal(("a", "ready", 2.0), (agent.Id, agent.Status, agent.Load));
        Assert.Equal(["search"], agent.Capabilities);
    }

    [Theory]
    [InlineData("7")]
    [InlineData("{}")]
    public void ParseAgents_NoList_IsNull(string json) => Assert.Null(AgentReplyParser.ParseAgents(JsonElement.Parse(json)));

    [Fact]
    public void Parse_AnyShape_NeverThrows()
    {
        string[] keys = ["\\ud800", "answer", "confidence", "evidence", "agent_id", "path", "line", "quote", "agents", "id", "capabilities", "status", "load"];
        var leaf = Gen.Elements("null", "1", "-1.5e300", "true", "\"x\"", "\"\\ud800\"", "[]", "{}", "\"../x\"");
        var node = Gen.Sized(size => Node(Math.Min(size, 4)));
        Gen<string> Node(int depth) => depth == 0
            ? leaf
            : Gen.OneOf(leaf, Node(depth - 1).ListOf(3).Select(items => $"[{string.Join(",", items)}]"), Gen.Elements(keys).ListOf(5).SelectMany(names => Node(depth - 1).ListOf(5)
                .Select(values => "{" + string.Join(",", names.Distinct().Zip(values, (name, value) => $"\"{name}\":{value}")) + "}")));
        Prop.ForAll(Arb.From(node), json =>
        {
            var element = JsonElement.Parse(json);
            _ = AgentReplyParser.ParseAgents(element);
            return AgentReplyParser.ParseReply(element, "asked") is not null;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    private static AgentReply Parse(string json) => AgentReplyParser.ParseReply(JsonElement.Parse(json), "asked");
}
