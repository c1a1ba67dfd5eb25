using System.Xml.Linq;
using EndToEndTests.Harness;

namespace EndToEndTests;

/// <summary>The units under <c>deploy/</c>, judged by systemd's own tools.</summary>
[Trait("Category", "EndToEnd")]
public sealed class ServiceUnitTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("workflow-orchestrator@.service", "/opt/workflow-orchestrator")]
    [InlineData("workflow-orchestrator-user@.service", "@PREFIX@")]
    public async Task Unit_IsVerifiedBySystemd(string unit, string prefix)
    {
        await using var served = ServedRepository.Create();
        await served.Git.InitialiseAsync();
        var installed = Path.Combine(served.Folder, "prefix");
        foreach (var program in new[] { "bin/wo", "scripts/start-all.sh" })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(installed, program))!);
            await File.WriteAllTextAsync(Path.Combine(installed, program), "#!/bin/sh\n");
            File.SetUnixFileMode(Path.Combine(installed, program), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        var text = await File.ReadAllTextAsync(Path.Combine(Programs.Root, "deploy", "systemd", unit));
        var file = Path.Combine(served.Folder, unit.Replace("@.service", "@srv-shop.service", StringComparison.Ordinal));
        await File.WriteAllTextAsync(file, text.Replace(prefix, installed, StringComparison.Ordinal).Replace("User=workflow-orchestrator", "User=root", StringComparison.Ordinal));
        var result = await served.RunAsync("systemd-analyze", s_limit, "verify", "--man=no", file);
        Assert.True(result.ExitCode == 0 && !result.Error.Contains(unit.Split('@')[0], StringComparison.Ordinal), $"{result.ExitCode}\n{result.Output}{result.Error}");
    }

    [Fact]
    public async Task SystemUnit_ExposesAtMostOnePointFive()
    {
        await using var served = ServedRepository.Create();
        await served.Git.InitialiseAsync();
        var result = await served.RunAsync(
            "systemd-analyze", s_limit, "security", "--no-pager", "--offline=true", "--threshold=15", Path.Combine(Programs.Root, "deploy", "systemd", "workflow-orchestrator@.service"));
        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        Assert.Contains("Overall exposure level", result.Output);
    }

    [Fact]
    public void LaunchAgent_IsAPropertyListThatRestartsAfterAFailure()
    {
        var text = File.ReadAllText(Path.Combine(Programs.Root, "deploy", "launchd", "io.workflow-orchestrator.plist"));
        var entries = XDocument.Parse(text, LoadOptions.None).Root!.Element("dict")!.Elements().ToList();
        XElement Value(string key) => entries[entries.FindIndex(element => element.Name == "key" && element.Value == key) + 1];
        Assert.Equal(["@PREFIX@/scripts/start-all.sh", "--foreground", "--repo", "@REPO@"], Value("ProgramArguments").Elements().Select(argument => argument.Value));
        Assert.Equal("false", Value("KeepAlive").Elements().Last().Name.LocalName);
        Assert.Contains("WO__HEALTH__EXIT_WHEN_HUNG", text);
    }
}
