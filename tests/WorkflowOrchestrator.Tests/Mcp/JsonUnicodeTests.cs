using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Platform.Json;
using Platform.Sockets;
using Workflow.Review.Prompts;

namespace Workflow.Tests.Mcp;

/// <summary>JSON may hold strings that no text can hold; whoever reads foreign JSON must live with them.</summary>
public sealed class JsonUnicodeTests
{
    // Backslashes as they are sent: halves in both orders, whole pairs, escaped backslashes before what then is no escape.
    private static readonly string[] s_pieces = [@"\ud800", @"\uDC00", @"\uD83D\uDE00", @"\\", @"\\ud800", @"\u0041", @"\n", "ud800", "x", "é", "\U0001F600", @"\""", @"\ud800\u0041", @"\u00e9"];

    [Fact]
    public void Mend_AnyStringAndName_CanBeRead() => Prop.ForAll(Json(), json =>
    {
        var mended = JsonUnicode.Mend(JsonElement.Parse(json));
        return Read(mended) && JsonUnicode.IsText(mended) && JsonUnicode.ToUtf8(json).AsSpan().SequenceEqual(Encoding.UTF8.GetBytes(mended.GetRawText()));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Fact]
    public void Mend_WhatCanBeRead_StaysAsItIs() => Prop.ForAll(Json(), json =>
    {
        var element = JsonElement.Parse(json);
        return !CanRead(element) || (JsonUnicode.IsText(element) && JsonUnicode.Mend(element).GetRawText() == json);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Fact]
    public void IsText_IsWhetherItCanBeRead() => Prop.ForAll(Json(), json => JsonUnicode.IsText(JsonElement.Parse(json)) == CanRead(JsonElement.Parse(json))).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Fact]
    public void Mend_BytesThatAreNoUtf8_AreReplaced()
    {
        byte[] json = [.. "{\"a\":\""u8, 0xff, (byte)'x', 0xc3, .. "\"}"u8];
        Assert.Equal("\ufffdx\ufffd", JsonUnicode.Mend(JsonElement.Parse(json)).GetProperty("a").GetString());
    }

    [Fact]
    public void ToUtf8_TextThatIsNoJson_IsTaken() => Prop.ForAll(Gen.Elements([.. s_pieces, "\\", "\\u", "\\ud8", "\ud800"]).ListOf().ToArbitrary(), pieces =>
        JsonUnicode.ToUtf8(string.Concat(pieces)) is not null).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Fact]
    public void FindProblem_HalfACharacter_IsSaidInWords()
    {
        var schema = JsonElement.Parse("""{"type":"object","properties":{"question":{"type":"string","minLength":1}}}""");
        var arguments = new Dictionary<string, JsonElement> { ["question"] = JsonElement.Parse("""  "a\ud800"  """) };
        Assert.Contains("'question' holds half", ToolArguments.FindProblem(schema, arguments));
    }

    [Fact]
    public void StrictJson_HalfACharacter_IsReplaced() =>
        Assert.Equal("a\ufffd", StrictJson.Raw(StrictJson.Parse("""{"\ud800b":1,"text":"a\ud800"}"""), "text"));

    private static Arbitrary<string> Json()
    {
        var text = Gen.Elements(s_pieces).ListOf().Select(pieces => $"\"{string.Concat(pieces)}\"");
        return Gen.Two(text).ListOf(3).Select(members => $"[{{{string.Join(',', members.Select((member, i) => $"\"{i}{member.Item1[1..]}:{member.Item2}"))}}}]").ToArbitrary();
    }

    private static bool CanRead(JsonElement json)
    {
        try
        {
            return Read(json);
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static bool Read(JsonElement json)
    {
        foreach (var member in json[0].EnumerateObject())
            _ = member.Name.Length + member.Value.GetString()!.Length;
        return true;
    }
}
