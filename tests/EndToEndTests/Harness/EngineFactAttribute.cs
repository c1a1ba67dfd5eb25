using System.Runtime.InteropServices;
using Testing.Models;

namespace EndToEndTests.Harness;

/// <summary>A test that needs the real inference engine. Where it is not installed, or not built for this machine: skipped; failed where <c>CI=true</c> on Linux x64.</summary>
internal sealed class EngineFactAttribute : FactAttribute
{
    public EngineFactAttribute()
    {
        var isBuiltForThis = OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64;
        if (!isBuiltForThis)
            Skip = "The real inference engine is built for Linux on x64.";
        else if (RealEngine.Folder is null && Environment.GetEnvironmentVariable("CI") != "true")
            Skip = "The real inference engine is not installed: run scripts/test.sh.";
    }
}
