using Testing;
using Workflow.Dashboard.Access;
using Workflow.Hosting;

namespace Workflow.Tests.Dashboard;

/// <summary>Who gets in, and for how long.</summary>
public sealed class DashboardAccessTests : IDisposable
{
    private readonly FakeTime _time = new();
    private readonly Repository _repository;
    private readonly DashboardAccess _access;

    public DashboardAccessTests()
    {
        var folder = Directory.CreateTempSubdirectory("wo-access-").FullName;
        _repository = new Repository(folder, Path.Combine(folder, "changes"), folder);
        _access = new DashboardAccess(OperatorToken.Ensure(_repository), _time);
    }

    public void Dispose() => Directory.Delete(_repository.Root, recursive: true);

    [Fact]
    public void Redeem_Ticket_WorksOnceAndInTime()
    {
        var (used, late) = (_access.NewTicket(), _access.NewTicket());
        Assert.True(_access.Redeem(used));
        Assert.False(_access.Redeem(used));
        Assert.False(_access.Redeem(null));
        Assert.False(_access.Redeem(""));
        _time.Advance(DashboardAccess.TicketLifetime);
        Assert.False(_access.Redeem(late));
    }

    [Fact]
    public void NewTicket_AskedForWithoutEnd_KeepsTheNewest()
    {
        var first = _access.NewTicket();
        for (var i = 0; i < 150; i++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(1));
            _access.NewTicket();
        }

        Assert.False(_access.Redeem(first));
        Assert.True(_access.Redeem(_access.NewTicket()));
    }

    [Fact]
    public void Read_Cookie_OutlivesARestartAndEndsWithItsTime()
    {
        var cookie = _access.NewCookie();
        var session = new DashboardAccess(OperatorToken.Ensure(_repository), _time).Read(cookie);
        Assert.NotNull(session);
        Assert.True(DashboardAccess.IsFormOf(session, session.FormToken));
        Assert.False(DashboardAccess.IsFormOf(session, _access.Read(_access.NewCookie())!.FormToken));
        Assert.False(DashboardAccess.IsFormOf(session, null));
        _time.Advance(DashboardAccess.SessionLifetime);
        Assert.Null(_access.Read(cookie));
    }

    [Fact]
    public void Read_ForgedCookie_IsNone()
    {
        var parts = _access.NewCookie().Split('.');
        var later = (long.Parse(parts[0]) + 1).ToString();
        foreach (var forged in new[] { null, "", "..", "a.b.c", $"{later}.{parts[1]}.{parts[2]}", $"{parts[0]}.x{parts[1]}.{parts[2]}", $"{parts[0]}.{parts[1]}.{parts[2]}x", $"{parts[0]}.{parts[1]}", $"-1.{parts[1]}.{parts[2]}" })
            Assert.Null(_access.Read(forged));
        Assert.Null(_access.Read($"{parts[0]}.{parts[1]}.{_access.Read(_access.NewCookie())!.FormToken}"));
    }

    [Fact]
    public void Read_CookieOfAReplacedToken_IsNone()
    {
        var cookie = _access.NewCookie();
        File.Delete(OperatorToken.Ensure(_repository).Path);
        Assert.Null(new DashboardAccess(OperatorToken.Ensure(_repository), _time).Read(cookie));
    }
}
