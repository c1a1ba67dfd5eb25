namespace McpOrchestrator.Hosting;

/// <summary>Exit codes of <c>mcp-orchestrator</c>, part of its contract.</summary>
internal static class ExitCodes
{
    public const int Done = 0;

    /// <summary>It could not start: the socket is taken, or a folder cannot be used.</summary>
    public const int Failed = 1;

    public const int WrongUsage = 2;

    /// <summary>Nobody serves on the socket.</summary>
    public const int Unreachable = 3;

    /// <summary>A service failed while running (EX_SOFTWARE of sysexits.h); the service manager should start it again.</summary>
    public const int ServiceFailed = 70;

    /// <summary>Bad configuration (EX_CONFIG of sysexits.h).</summary>
    public const int BadConfiguration = 78;
}
