using System.Text.Json;
using System.Text.Json.Serialization;

namespace OpenSpec.Tests.Oracle;

internal sealed record GoldenIssue(
    [property: JsonPropertyName("level")] string Level,
    [property: JsonPropertyName("path")] string Path,
    [property: JsonPropertyName("line")] int? Line,
    [property: JsonPropertyName("message")] string Message)
{
    /// <summary>The rule whose message this is. The command line has no rule ids, so they are told by their wording.</summary>
    public string Rule => RuleOf(Message, Level, Path);

    /// <summary>The same for what <c>archive</c> says about a proposal.</summary>
    public string ProposalRule => Message switch
    {
        _ when Message.StartsWith("Change must have a ") => "P1",
        _ when Message.StartsWith("Why section must be at least") => "P2",
        _ when Message.StartsWith("Why section should not exceed") => "P3",
        _ when Message.StartsWith("Change must have at least one delta") => "P4",
        _ when Message.StartsWith("Consider splitting changes") => "P5",
        "Spec name cannot be empty" or "Delta description cannot be empty" => "P6",
        "Delta description is too brief" => "P7",
        _ when Message.EndsWith("Delta should include requirements") => "P8",
        _ => Rule,
    };

    private static string RuleOf(string m, string level, string path)
    {
        if (m.Contains("is not a change: it is a folder wrapping")) return "C0";
        if (m.StartsWith("Delta spec found at specs/spec.md.")) return "C1";
        if (m.StartsWith("Delta spec found at specs/")) return "C13";
        if (m.StartsWith("Header \"")) return "C2";
        if (m.StartsWith("RENAMED ") && m.Contains("has no matching")) return "C3";
        if (m.StartsWith("Requirement \"") && m.Contains("which is not a delta section")) return "C4";
        if (m.StartsWith("Duplicate requirement in")) return "C5";
        if (m.StartsWith("Duplicate FROM") || m.StartsWith("Duplicate TO")) return "C10";
        if (m.StartsWith("Requirement present in both") || m.StartsWith("MODIFIED references old name") || m.StartsWith("RENAMED TO collides")) return "C11";
        if (m.StartsWith("Archive would refuse") || m.StartsWith("Could not check archive")) return "C12";
        if (m.Contains("omits scenario(s)") || m.StartsWith("Could not read ")) return "C9";
        if (m.Contains("must include at least one scenario")) return "C8";
        if (m.StartsWith("ADDED \"") || m.StartsWith("MODIFIED \"")) return level == "WARNING" ? "C7" : "C6";
        if (m.StartsWith("Delta sections ")) return "C14";
        if (m.StartsWith("No delta sections found")) return "C15";
        if (m.StartsWith("skip_specs is set but .openspec.yaml")) return "C16";
        if (m.StartsWith("skip_specs is set in .openspec.yaml but")) return "C17";
        if (m.StartsWith("skip_specs is set in .openspec.yaml: ")) return "C18";
        if (m.StartsWith("Change must have at least one delta")) return "C19";
        if (m.StartsWith("This change counts as 0 tasks")) return "T1";
        if (m.StartsWith("Task \"")) return "T2";
        if (m.StartsWith("Task ID \"")) return "T3";
        if (m.Contains("must have a Purpose section")) return "S1";
        if (m.Contains("must have a Requirements section")) return "S2";
        if (m == "Spec must have at least one requirement") return "S3";
        if (m == "Requirement must have at least one scenario") return "S4";
        if (m == "Requirement text cannot be empty") return "S5";
        if (m.StartsWith("Main spec contains delta header")) return "S7";
        if (m.StartsWith("Requirement header \"") && m.Contains("appears outside")) return "S8";
        if (m.StartsWith("Requirement header \"") && m.Contains("duplicates the requirement")) return "S9";
        if (m.StartsWith("Purpose section is still a placeholder")) return "S10";
        if (m.StartsWith("Purpose section is too brief")) return "S11";
        if (m.StartsWith("Requirement text is very long")) return "S12";
        if (m.StartsWith("Requirement must have at least one scenario.")) return "S13";
        if (m.StartsWith("Requirement \"")) return level == "WARNING" ? "S15" : "S14";
        if (m.EndsWith("completed)")) return "A1";
        return m.StartsWith("ENOENT") ? "F1" : $"?{level} {path} {m}";
    }
}

internal sealed record GoldenItem(
    [property: JsonPropertyName("type")] string Type,
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("strictValid")] bool StrictValid,
    [property: JsonPropertyName("valid")] bool Valid,
    [property: JsonPropertyName("issues")] IReadOnlyList<GoldenIssue> Issues)
{
    public static IReadOnlyList<GoldenItem> ReadLines(byte[] bytes) => System.Text.Encoding.UTF8.GetString(bytes)
        .Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Select(l => JsonSerializer.Deserialize<GoldenItem>(l)!)
        .ToArray();
}
