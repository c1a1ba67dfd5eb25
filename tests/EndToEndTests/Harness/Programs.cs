namespace EndToEndTests.Harness;

/// <summary>Where the project's own files and built programs are.</summary>
internal static class Programs
{
    /// <summary>The folder with <c>WorkflowOrchestrator.sln</c>.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The programs of the build configuration that the tests were built in.</summary>
    public static string Wo { get; } = Built("WorkflowOrchestrator", "wo");

    public static string McpOrchestrator { get; } = Built("McpOrchestrator", "mcp-orchestrator");

    public static string Script(string name) => Path.Combine(Root, "scripts", name);

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "WorkflowOrchestrator.sln")))
                return folder.FullName;
        }

        throw new DirectoryNotFoundException($"No folder above {AppContext.BaseDirectory} holds WorkflowOrchestrator.sln.");
    }

    private static string Built(string project, string program)
    {
        var configuration = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        var path = Path.Combine(Root, "artifacts", "bin", project, configuration, program);
        return File.Exists(path) ? path : throw new FileNotFoundException($"{path} is missing: build the solution in the configuration '{configuration}' first.");
    }
}
