using ModelContextProtocol;
using ModelContextProtocol.Server;
using Workflow.Changes;

namespace Workflow.Mcp;

/// <summary>How a caller is written down.</summary>
internal static class CallerNames
{
    private const int MaxLength = 100;

    /// <summary>The name that the client gave itself; it is a label and grants nothing.</summary>
    public static string NameOf(McpServer server)
    {
        var name = new string([.. (server.ClientInfo?.Name ?? "").Where(character => !char.IsControl(character)).Take(MaxLength)]).Trim();
        return name.Length == 0 ? "mcp client" : name;
    }
}

/// <summary>Finds the changes that callers name.</summary>
internal sealed class ChangeNames(ChangeStore changes)
{
    /// <summary>The change as it is known; null when none was named.</summary>
    /// <exception cref="McpException">There is no such change.</exception>
    public ChangeId? RequireKnown(string? name) => string.IsNullOrWhiteSpace(name) ? null : Require(name).Change.Id;

    /// <summary>The change as it is known.</summary>
    /// <exception cref="McpException">There is no such change.</exception>
    public ChangeSummary Require(string name) => changes.Summary(ToolResults.ParseChange(name))
        ?? throw new McpException($"There is no change '{name}'. list_changes shows those that are known.");
}
