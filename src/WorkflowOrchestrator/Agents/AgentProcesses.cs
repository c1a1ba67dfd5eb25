using System.Globalization;

namespace Workflow.Agents;

/// <summary>Tells which processes are the MCP Orchestrator's: itself, and what it has started (its agents). The kernel says who connects, so nobody can pretend.</summary>
/// <param name="orchestrator">Process id of the MCP Orchestrator that we are registered with; null when there is none.</param>
internal sealed class AgentProcesses(Func<int?> orchestrator)
{
    // Longer chains of parents than this do not occur; a bound against a table that changes while it is read.
    private const int MaxDepth = 32;

    /// <summary>Whether a process is the MCP Orchestrator or descends from it. Where the system does not tell parents, only the former.</summary>
    public bool Include(int processId)
    {
        if (orchestrator() is not { } wanted || wanted <= 1)
            return false;
        var at = (int?)processId;
        for (var depth = 0; depth < MaxDepth && at > 1; depth++, at = ParentOf(at.Value))
        {
            if (at == wanted)
                return true;
        }

        return false;
    }

    private static int? ParentOf(int processId)
    {
        try
        {
            // pid (name) state parent …; the name may hold anything, so count from its end
            var stat = File.ReadAllText($"/proc/{processId}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            return fields.Length > 1 && int.TryParse(fields[1], CultureInfo.InvariantCulture, out var parent) ? parent : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null; // gone, or no such file system here
        }
    }
}
