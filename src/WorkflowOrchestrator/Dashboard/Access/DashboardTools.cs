using System.ComponentModel;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using ModelContextProtocol;
using ModelContextProtocol.Server;

namespace Workflow.Dashboard.Access;

/// <summary>How a person who can reach the socket gets into the dashboard.</summary>
[McpServerToolType]
internal sealed class DashboardTools(DashboardAccess access, IServer server, TimeProvider time)
{
    [McpServerTool(Name = "open_dashboard", Title = "Open the dashboard", UseStructuredContent = true, ReadOnly = false, Destructive = false, Idempotent = false, OpenWorld = false)]
    [Description("Returns an address that opens the dashboard in a browser, signed in. It works once and for two minutes.")]
    public DashboardAddress Open()
    {
        var address = server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? throw new McpException("The daemon serves no HTTP.");
        return new DashboardAddress(address, $"{address}/login?ticket={access.NewTicket()}", time.GetUtcNow() + DashboardAccess.TicketLifetime);
    }
}

/// <summary>Result of <c>open_dashboard</c>.</summary>
/// <param name="Address">The dashboard, for reading.</param>
/// <param name="Login">Opens it and signs in, once.</param>
/// <param name="ExpiresAt">Until when <paramref name="Login"/> works.</param>
internal sealed record DashboardAddress(string Address, string Login, DateTimeOffset ExpiresAt);
