using EndToEndTests.Harness;

namespace EndToEndTests;

/// <summary>The commands that users and scripts rely on, with their options, as the program itself describes them.</summary>
[Trait("Category", "EndToEnd")]
public sealed class CommandLineTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("run")]
    [InlineData("status", "--json", "--wait")]
    [InlineData("changes", "--json")]
    [InlineData("show", "CHANGE", "--json")]
    [InlineData("process", "CHANGE", "--wait")]
    [InlineData("review", "CHANGE", "--diff", "--json")]
    [InlineData("events", "--follow", "--json")]
    [InlineData("ask", "TEXT", "--change", "--agent", "--conversation", "--wait", "--json")]
    [InlineData("questions", "--all", "--json")]
    [InlineData("answer", "ID", "TEXT")]
    [InlineData("updates", "--change", "--json")]
    [InlineData("diff", "UPDATE")]
    [InlineData("approve", "UPDATE", "--edit")]
    [InlineData("reject", "UPDATE", "--reason")]
    [InlineData("undo", "UPDATE")]
    [InlineData("history", "PATH", "--json")]
    [InlineData("why", "PATH:LINE", "--json")]
    [InlineData("shadow report", "--json")]
    [InlineData("feedback", "--json")]
    [InlineData("improvements", "--json")]
    [InlineData("improvement approve", "ID")]
    [InlineData("improvement revert", "ID")]
    [InlineData("tunables", "--json")]
    [InlineData("validate", "ITEM", "--all", "--strict", "--json")]
    [InlineData("propose", "TITLE")]
    [InlineData("config check")]
    [InlineData("config show", "--sources")]
    [InlineData("reload")]
    [InlineData("doctor", "--bundle")]
    [InlineData("backup")]
    [InlineData("restore")]
    [InlineData("mcp", "--agent")]
    public async Task Help_OfEveryCommand_NamesItsOptionsAndShowsAnExample(string command, params string[] expected)
    {
        await using var served = ServedRepository.Create();
        var help = await served.RunAsync(Programs.Wo, s_limit, [.. command.Split(' '), "--help"]);
        Assert.Equal((0, ""), (help.ExitCode, help.Error));
        Assert.All([.. expected, "Example", $"wo {command.Split(' ')[0]}"], text => Assert.Contains(text, help.Output, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task WrongUsage_AndNoDaemon_HaveTheirOwnExitCodes()
    {
        await using var served = ServedRepository.Create();
        await served.Git.InitialiseAsync();
        Assert.Equal(2, (await served.WoAsync("no-such-command")).ExitCode);
        Assert.Equal(2, (await served.WoAsync("answer")).ExitCode);
        Assert.Equal(3, (await served.WoAsync("status")).ExitCode);
        Assert.Equal(78, (await served.WoAsync("--set", "question_routing.cache_timeout=soon", "config", "check")).ExitCode);
    }
}
