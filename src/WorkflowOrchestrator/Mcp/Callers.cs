using System.Security.Claims;
using System.Text.Json.Nodes;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using Platform.Sockets;
using Workflow.Agents;

namespace Workflow.Mcp;

/// <summary>What a caller may do.</summary>
internal enum CallerRole
{
    /// <summary>Asks questions and hears the answers.</summary>
    Agent,

    /// <summary>A person, or a program that acts for one: everything.</summary>
    Operator,
}

/// <summary>
/// Who is who. On the socket the kernel names the process: the MCP Orchestrator and what it has started are agents, any other process of our user is an
/// operator. Over HTTP the token makes an operator. And a caller may ask for less than it is given (<c>wo mcp --agent</c>).
/// </summary>
internal static class Callers
{
    /// <summary>Key in a request's <c>_meta</c> by which a caller asks to be treated as an agent: its value is then <c>agent</c>.</summary>
    public const string RoleKey = "workflow-orchestrator/role";

    private const string RoleClaim = "role";
    private const string OperatorClaim = "operator";

    /// <summary>The other end of a connection on the socket.</summary>
    public static ClaimsPrincipal? OnSocket(PeerCredentials? peer, AgentProcesses? agents)
    {
        if (peer?.ToPrincipal() is not { } user)
            return null;
        if (peer.ProcessId is not { } process || agents?.Include(process) != true)
            user.AddIdentity(Role(OperatorClaim));
        return user;
    }

    /// <summary>A caller over HTTP.</summary>
    public static ClaimsPrincipal OverHttp(bool hasToken) => new(Role(hasToken ? OperatorClaim : "agent"));

    public static CallerRole RoleOf(MessageContext request) =>
        request.User?.HasClaim(RoleClaim, OperatorClaim) == true && !AsksForLess(request.JsonRpcMessage) ? CallerRole.Operator : CallerRole.Agent;

    /// <summary>Whether a form that this caller shows is answered by a person: what an agent of the MCP Orchestrator, or anybody without the token, sends as an answer is its own.</summary>
    public static bool SpeaksForPerson(MessageContext request) => request.User?.HasClaim(RoleClaim, OperatorClaim) == true;

    /// <summary>The same for a caller over plain HTTP.</summary>
    public static bool IsOperator(ClaimsPrincipal user) => user.HasClaim(RoleClaim, OperatorClaim);

    public static bool IsOperator(MessageContext request) => RoleOf(request) == CallerRole.Operator;

    private static bool AsksForLess(JsonRpcMessage message) =>
        message is JsonRpcRequest { Params: JsonObject parameters } && parameters["_meta"] is JsonObject meta && meta[RoleKey] is JsonValue role && role.TryGetValue(out string? name) && name == "agent";

    private static ClaimsIdentity Role(string role) => new([new Claim(RoleClaim, role)], "workflow-orchestrator");
}
