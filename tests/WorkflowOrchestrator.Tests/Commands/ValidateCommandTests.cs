using System.Diagnostics;
using System.Text.Json;

namespace Workflow.Tests.Commands;

/// <summary><c>wo validate</c> as a process: JSON shape, text, exit codes.</summary>
public sealed class ValidateCommandTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("wo-validate-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Validate_AllJson_HasTheShapeOfTheOriginalPlusRule()
    {
        WriteChange("## ADDED Requirements\n\n### Requirement: New\nIt works.\n\n#### Scenario: s\n- **WHEN** a\n");
        var (exitCode, text) = Run("validate", "--all", "--strict", "--json");
        using var json = JsonDocument.Parse(text);
        Assert.Equal(1, exitCode);
        Assert.Equal(["items", "summary", "version", "root"], json.RootElement.EnumerateObject().Select(p => p.Name));
        var item = json.RootElement.GetProperty("items")[0];
        Assert.Equal(["id", "type", "valid", "issues", "durationMs"], item.EnumerateObject().Select(p => p.Name));
        Assert.Equal(["rule", "level", "path", "message"], item.GetProperty("issues")[0].EnumerateObject().Select(p => p.Name));
        Assert.Equal("C7", item.GetProperty("issues")[0].GetProperty("rule").GetString());
        Assert.Equal(1, json.RootElement.GetProperty("summary").GetProperty("byType").GetProperty("change").GetProperty("failed").GetInt32());
        Assert.Equal("1.0", json.RootElement.GetProperty("version").GetString());
    }

    [Fact]
    public void Validate_NotStrict_WarningsDoNotFail()
    {
        WriteChange("## ADDED Requirements\n\n### Requirement: New\nIt works.\n\n#### Scenario: s\n- **WHEN** a\n");
        var (exitCode, text) = Run("validate", "chg");
        Assert.Equal(0, exitCode);
        Assert.Contains("✓ change/chg", text);
        Assert.Contains("warning C7 openspec/changes/chg/specs/cap/spec.md:3", text);
    }

    [Theory]
    [InlineData("1.7.0", 1)]
    [InlineData("1.8.0", 0)]
    [InlineData("soon", 2)]
    public void Validate_OlderVersion_JudgesByItsRules(string version, int exitCode)
    {
        WriteChange("## ADDED Requirements\n\n### Requirement: New\nIt works.\n\n#### Scenario: s\n- **WHEN** a\n");
        Assert.Equal(exitCode, Run("validate", "chg", "--openspec-version", version).ExitCode);
    }

    [Theory]
    [InlineData("unknown_item", "validate", "nope", "--json")]
    [InlineData("invalid_item", "validate", "../x", "--type", "change", "--json")]
    [InlineData("nothing_to_validate", "validate", "--json")]
    public void Validate_Wrong_SaysWhyAndFails(string code, params string[] arguments)
    {
        WriteChange("x");
        var (exitCode, text) = Run(arguments);
        using var json = JsonDocument.Parse(text);
        Assert.Equal(1, exitCode);
        Assert.Equal(code, json.RootElement.GetProperty("status")[0].GetProperty("code").GetString());
    }

    [Fact]
    public void Validate_OutsideAProject_SaysSo()
    {
        var (exitCode, text) = Run("validate", "--all", "--json");
        Assert.Equal(1, exitCode);
        Assert.Contains("no_openspec_root", text);
    }

    private void WriteChange(string delta)
    {
        var folder = Directory.CreateDirectory(Path.Join(_root, "openspec", "changes", "chg", "specs", "cap"));
        File.WriteAllText(Path.Join(folder.FullName, "spec.md"), delta);
    }

    private (int ExitCode, string Output) Run(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Join(AppContext.BaseDirectory, "wo.dll"), .. arguments])
        {
            WorkingDirectory = _root,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        };
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output);
    }
}
