using Testing;
using Workflow.Hosting;

namespace Workflow.Tests.Hosting;

public sealed class HealthBoardTests
{
    private readonly FakeTime _time = new();
    private readonly HealthBoard _board;

    public HealthBoardTests() => _board = new HealthBoard(_time);

    [Fact]
    public void Report_Worse_IsShownAtOnceWithItsCode()
    {
        _board.Report("lm_studio", HealthState.Ok);
        _time.Advance(TimeSpan.FromSeconds(5));
        _board.Report("lm_studio", HealthState.Degraded, "does not answer", "lms server start");
        var warning = Assert.Single(_board.Warnings);
        Assert.Equal(("lm-studio-degraded", Severity.Warning, "does not answer", "lms server start"), (warning.Code, warning.Severity, warning.Detail, warning.Remedy));
        Assert.Equal(_time.GetUtcNow(), warning.Since);
    }

    [Fact]
    public void Report_Flapping_StaysWorseUntilQuiet()
    {
        Report(HealthState.Ok);
        for (var i = 0; i < 2; i++)
        {
            Report(HealthState.Degraded);
            Assert.Equal(HealthState.Degraded, State);
            Report(HealthState.Ok);
            Assert.Equal(HealthState.Ok, State);
        }

        Report(HealthState.Degraded);
        Report(HealthState.Ok);
        Assert.Equal(HealthState.Degraded, State);
        Assert.Contains("comes and goes", _board.Find("mcp_orchestrator")!.Detail);
        _time.Advance(ReportedHealth.QuietTime);
        Assert.Equal(HealthState.Ok, State);
        Assert.Empty(_board.Warnings);
    }

    [Fact]
    public void Raise_ThenClear_ShowsAndGoes()
    {
        Assert.True(_board.Raise(Warnables.DiskLow, "3 MB free"));
        Assert.False(_board.Raise(Warnables.DiskLow, "2 MB free"));
        Assert.Equal((HealthState.Degraded, "2 MB free"), (_board.Dependencies.Single().State, _board.Dependencies.Single().Detail));
        Assert.True(_board.Clear(Warnables.DiskLow));
        Assert.Empty(_board.Warnings);
    }

    [Fact]
    public void Raise_Notice_DoesNotDegrade()
    {
        _board.Raise(Warnables.RestartNeeded, "http.listen");
        Assert.Equal(HealthState.Ok, _board.Dependencies.Single().State);
        Assert.Equal("config-restart-needed", Assert.Single(_board.Warnings).Code);
    }

    [Fact]
    public void Raise_WhatMayPass_IsShownAfterItsTime()
    {
        _board.Raise(Warnables.ProbeFailing);
        Assert.Empty(_board.Warnings);
        _time.Advance(Warnables.ProbeFailing.TimeToVisible);
        Assert.Single(_board.Warnings);
    }

    [Fact]
    public void Warnings_WithACause_NameIt()
    {
        _board.Raise(Warnables.StoreFailing, "database or disk is full");
        Assert.Null(_board.Warnings.Single().CausedBy);
        _board.Raise(Warnables.DiskLow, "0 MB free");
        Assert.Equal(["store-failing", "disk-low"], _board.Warnings.Select(warning => warning.Code));
        Assert.Equal("disk-low", _board.Warnings[0].CausedBy);
    }

    [Fact]
    public void Warnables_Codes_AreUnique() => Assert.Equal(Warnables.All.Count, Warnables.All.Select(warnable => warnable.Code).Distinct(StringComparer.Ordinal).Count());

    [Theory]
    [InlineData(1000L, 128L, 801L, true)]
    [InlineData(1000L, 128L, 700L, false)]
    [InlineData(1000L, 4L, 1L, true)]
    [InlineData(null, null, 1_000_000L, false)]
    public void WatchLimit_IsJudgedByItsShare(long? watches, long? instances, long used, bool near) =>
        Assert.Equal(near, WatchLimitProbe.Judge(watches, instances, used) is not null);

    private HealthState State => _board.Find("mcp_orchestrator")!.State;

    private void Report(HealthState state)
    {
        _time.Advance(TimeSpan.FromSeconds(1));
        _board.Report("mcp_orchestrator", state, state == HealthState.Ok ? null : "cannot be reached");
    }
}
