using System.Reflection;

namespace McpOrchestrator;

/// <summary>Name and version under which this program presents itself.</summary>
internal static class Product
{
    internal const string Name = "mcp-orchestrator";

    internal static string Version { get; } = typeof(Product).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";
}
