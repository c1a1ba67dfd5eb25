namespace Workflow.Hosting;

/// <summary>Exit codes of <c>wo</c>, part of its contract.</summary>
internal static class ExitCodes
{
    public const int Done = 0;

    /// <summary>The operation failed, or something is invalid.</summary>
    public const int Failed = 1;

    public const int WrongUsage = 2;

    /// <summary>The daemon cannot be reached.</summary>
    public const int Unreachable = 3;

    /// <summary>Bad configuration (EX_CONFIG of sysexits.h).</summary>
    public const int BadConfiguration = 78;
}
