namespace Workflow.Mcp.Bridge;

/// <summary>What happens to a bridge. One after the other: its state needs no lock.</summary>
internal abstract record BridgeEvent
{
    private BridgeEvent()
    {
    }

    /// <summary>A line of the client; null for one that was too long.</summary>
    public sealed record FromClient(byte[]? Line) : BridgeEvent;

    /// <summary>The client has closed its end, or cannot be read.</summary>
    public sealed record ClientEnded : BridgeEvent;

    /// <summary>There is a connection to the daemon.</summary>
    public sealed record Connected(DaemonConnection Connection) : BridgeEvent;

    /// <summary>An attempt to connect has failed.</summary>
    public sealed record NotConnected(string Reason) : BridgeEvent;

    /// <summary>A line of the daemon; null for one that was too long.</summary>
    public sealed record FromDaemon(DaemonConnection Connection, byte[]? Line) : BridgeEvent;

    /// <summary>A connection has ended.</summary>
    public sealed record DaemonLost(DaemonConnection Connection, string Reason) : BridgeEvent;

    /// <summary>The daemon has not answered the handshake of this connection in time.</summary>
    public sealed record HandshakeOverdue(DaemonConnection Connection) : BridgeEvent;

    /// <summary>The daemon has been away for so long that nobody should wait for it.</summary>
    public sealed record GraceOver(int Loss) : BridgeEvent;

    /// <summary>An answer that was found without the daemon.</summary>
    public sealed record AnsweredHere(string? Id, byte[] Line) : BridgeEvent;
}
