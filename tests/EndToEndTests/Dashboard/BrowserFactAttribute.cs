using EndToEndTests.Harness;

namespace EndToEndTests.Dashboard;

/// <summary>A test that needs a real browser, and its driver from npm. Where they are not installed: skipped; failed where <c>CI=true</c>.</summary>
internal sealed class BrowserFactAttribute : FactAttribute
{
    public BrowserFactAttribute()
    {
        if (Environment.GetEnvironmentVariable("CI") == "true")
            return;
        if (Browser is null)
            Skip = "There is no Chromium: apt install chromium.";
        else if (!Directory.Exists(Path.Combine(Folder, "node_modules", "playwright-core")))
            Skip = "The driver of the browser is not installed: run scripts/test.sh.";
    }

    /// <summary>The program of the browser; null when there is none.</summary>
    public static string? Browser { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .SelectMany(folder => new[] { "chromium", "chromium-browser", "google-chrome" }.Select(name => Path.Combine(folder, name)))
        .FirstOrDefault(File.Exists);

    /// <summary>The script that drives it, and what it needs.</summary>
    public static string Folder { get; } = Path.Combine(Programs.Root, "tests", "EndToEndTests", "browser");
}
