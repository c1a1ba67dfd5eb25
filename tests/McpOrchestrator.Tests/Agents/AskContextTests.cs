using System.Text.Json;
using McpOrchestrator.Agents;

namespace McpOrchestrator.Tests.Agents;

public sealed class AskContextTests
{
    [Theory]
    [InlineData("\"change: add-x\"", "add-x", null, "")]
    [InlineData("\"Capability: search\\nchange: add-x\\nIt SHALL be fast.\"", "add-x", "search", "It SHALL be fast.")]
    [InlineData("{\"change\":\"add-x\",\"capability\":\"search\",\"quote\":\"fast\"}", "add-x", "search", "fast")]
    [InlineData("\"{\\\"change\\\":\\\"add-x\\\"}\"", "add-x", null, "")]
    [InlineData("\"{not json\"", null, null, "{not json")]
    [InlineData("\"\"", null, null, "")]
    [InlineData("null", null, null, "")]
    [InlineData("5", null, null, "")]
    public void Parse_Context_FindsChangeCapabilityAndHint(string json, string? change, string? capability, string hint)
    {
        var context = AskContext.Parse(JsonElement.Parse(json));

        Assert.Equal((change, capability), (context.Change, context.Capability));
        Assert.Equal(hint, context.Hint.Trim());
    }

    [Fact]
    public void Parse_Nothing_IsNone() => Assert.Equal(AskContext.None, AskContext.Parse(null));
}
