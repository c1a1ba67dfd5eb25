using McpOrchestrator.Agents;
using McpOrchestrator.Services;

namespace McpOrchestrator.Mcp;

/// <summary>Result of <c>register_service</c>.</summary>
/// <param name="Registered">Always true: what cannot be registered is an error.</param>
/// <param name="Service">The service as it is now; not connected yet is no error.</param>
internal sealed record RegisterResult(bool Registered, ServiceListing Service);

/// <summary>Result of <c>deregister_service</c>.</summary>
/// <param name="Deregistered">False when there was no service of that name.</param>
internal sealed record DeregisterResult(string Name, bool Deregistered);

/// <summary>Result of <c>ask_agent</c>.</summary>
/// <param name="Answer">Null when the agent does not know.</param>
/// <param name="Confidence">0 to 1.</param>
/// <param name="Evidence">What supports the answer, or the nearest that was found.</param>
/// <param name="AgentId">Who answered.</param>
internal sealed record AskResult(string? Answer, double Confidence, IReadOnlyList<Evidence> Evidence, string AgentId);

/// <summary>Result of <c>get_health</c>.</summary>
/// <param name="Status"><c>ok</c>, or <c>degraded</c> when an agent fails or is not available, or a service cannot be reached.</param>
internal sealed record HealthResult(
    string Status, string Version, double UptimeSeconds, int ProcessId, string Repository, int Connections, IReadOnlyList<AgentReport> Agents, IReadOnlyList<ServiceListing> Services);
