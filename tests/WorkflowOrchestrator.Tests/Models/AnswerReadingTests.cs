using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Platform.Models;
using Platform.Models.Schema;
using Platform.Models.Wire;

namespace Workflow.Tests.Models;

/// <summary>Reading what servers send: streams in any pieces, JSON that was cut, answers that lie about their form.</summary>
public sealed class AnswerReadingTests
{
    [Fact]
    public void Events_CutIntoAnyPieces_AreTheSame() => Prop.ForAll(Gen.ListOf(Gen.Choose(1, 9)).ToArbitrary(), Gen.Elements("\n", "\r\n", "\r").ToArbitrary(), (sizes, end) =>
    {
        var text = string.Join(end, ": comment", "data: {\"a\":\"ä€😀\"}", "", "event: error", "data: one", "data: two", "", "id: 7", "data: [DONE]", "", "");
        var events = ReadAsync(new PiecewiseStream(Encoding.UTF8.GetBytes(text), sizes)).GetAwaiter().GetResult();
        return events.SequenceEqual([new ServerSentEvent("message", "{\"a\":\"ä€😀\"}"), new ServerSentEvent("error", "one\ntwo"), new ServerSentEvent("message", "[DONE]")]);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public async Task Events_LineWithoutEnd_IsRefusedBeforeItFillsTheMemory() =>
        await Assert.ThrowsAsync<InvalidDataException>(() => ReadAsync(new MemoryStream(Encoding.ASCII.GetBytes("data: " + new string('x', ServerSentEvents.MaxLineBytes + 1)))));

    [Fact]
    public void Json_EveryBeginning_IsTruncated()
    {
        const string whole = """{"findings":[{"reason":"a \"b\" \u00e4","rule":null,"line":12,"ok":true}],"n":-1.5e3}""";
        Assert.IsType<SchemaVerdict.Valid>(AnswerJson.Read(whole));
        for (var length = 1; length < whole.Length; length++)
            Assert.Equal(ModelFailureKind.Truncated, Assert.IsType<SchemaVerdict.Invalid>(AnswerJson.Read(whole[..length])).Kind);
    }

    [Theory]
    [InlineData("Sure! {}", ModelFailureKind.NotJson)]
    [InlineData("{} and more", ModelFailureKind.NotJson)]
    [InlineData("{\"a\":1,\"a\":2}", ModelFailureKind.DuplicateKey)]
    [InlineData("{\"a\":{\"b\":1,\"b\":1}}", ModelFailureKind.DuplicateKey)]
    [InlineData("  ", ModelFailureKind.Empty)]
    [InlineData("<think>for ever", ModelFailureKind.Empty)]
    [InlineData("{'a':1}", ModelFailureKind.NotJson)]
    public void Json_Faulty_IsToldApart(string text, ModelFailureKind kind) => Assert.Equal(kind, Assert.IsType<SchemaVerdict.Invalid>(AnswerJson.Read(text)).Kind);

    [Theory]
    [InlineData("""{"type":"string","maxLength":10}""", "the root must be an object")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"string","maxLength":10}},"required":["a"]}""", "additionalProperties")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"string","maxLength":10}},"required":[],"additionalProperties":false}""", "must be required")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"string"}},"required":["a"],"additionalProperties":false}""", "maxLength")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"string","maxLength":2000}},"required":["a"],"additionalProperties":false}""", "at most 240")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"string","maxLength":9,"pattern":"x"}},"required":["a"],"additionalProperties":false}""", "'pattern' is not enforced")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"array","maxItems":99,"items":{"type":"boolean"}}},"required":["a"],"additionalProperties":false}""", "at most 8")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"number","minimum":0}},"required":["a"],"additionalProperties":false}""", "integers only")]
    public void Schema_ThatEnginesDoNotEnforce_IsRefused(string json, string part) =>
        Assert.Contains(part, Assert.Throws<ArgumentException>(() => ResponseSchema.Parse("test", json)).Message);

    [Theory]
    [InlineData("""{"kind":"b","n":3,"list":["x"]}""", null)]
    [InlineData("""{"kind":"c","n":3,"list":[]}""", "$.kind: must be one of")]
    [InlineData("""{"kind":"a","n":11,"list":[]}""", "$.n: must have at most 10")]
    [InlineData("""{"kind":"a","n":1.5,"list":[]}""", "$.n: must be integer")]
    [InlineData("""{"kind":"a","n":1,"list":["1","2","3"]}""", "$.list: must have at most 2 items")]
    [InlineData("""{"kind":"a","n":1,"list":["12345"]}""", "$.list[0]: must have at most 4 characters")]
    [InlineData("""{"kind":"a","n":1,"list":["😀😀😀😀"]}""", null)]
    [InlineData("""{"kind":"a","n":1}""", "'list' is missing")]
    [InlineData("""{"kind":"a","n":1,"list":[],"path":"../x"}""", "'path' is not allowed")]
    [InlineData("""[]""", "$: must be object")]
    public void Validate_AnAnswer_NamesWhatIsWrong(string answer, string? fault)
    {
        var schema = ResponseSchema.Parse("test", """
            {"type":"object","properties":{"kind":{"enum":["a","b"]},"n":{"type":"integer","minimum":0,"maximum":10},"list":{"type":"array","maxItems":2,"items":{"type":"string","maxLength":4}}},
             "required":["kind","n","list"],"additionalProperties":false}
            """);
        var verdict = schema.Check(answer);
        if (fault is null)
            Assert.IsType<SchemaVerdict.Valid>(verdict);
        else
            Assert.Contains(fault, Assert.IsType<SchemaVerdict.Invalid>(verdict).Message);
    }

    [Theory]
    [InlineData("http://127.0.0.1:1234", "http://127.0.0.1:1234/v1/chat/completions")]
    [InlineData("http://127.0.0.1:1234/v1/v1/", "http://127.0.0.1:1234/v1/chat/completions")]
    [InlineData("https://user:secret@host/openai/v1?x=1", "https://host/openai/v1/chat/completions")]
    public void Address_HoweverWritten_LeadsToTheApi(string written, string expected) => Assert.Equal(expected, ModelAddress.Of(new Uri(written)).Chat.ToString());

    private static async Task<IReadOnlyList<ServerSentEvent>> ReadAsync(Stream stream)
    {
        var events = new List<ServerSentEvent>();
        await foreach (var item in ServerSentEvents.ReadAsync(stream, CancellationToken.None))
            events.Add(item);
        return events;
    }

    private sealed class PiecewiseStream(byte[] content, IList<int> sizes) : MemoryStream(content)
    {
        private int _next;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, sizes.Count == 0 ? buffer.Length : sizes[_next++ % sizes.Count])], cancellationToken);
    }
}
