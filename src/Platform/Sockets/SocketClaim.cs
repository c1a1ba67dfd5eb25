namespace Platform.Sockets;

/// <summary>What came of the attempt to become the one listener on a socket path.</summary>
public abstract record SocketClaim
{
    private SocketClaim()
    {
    }

    /// <summary>The socket is ours and listens.</summary>
    public sealed record Claimed(ClaimedSocket Socket) : SocketClaim;

    /// <summary>Somebody answers on the path, or holds its lock.</summary>
    /// <param name="Path">The socket path.</param>
    /// <param name="Owner">Who answers; null while the other process holds the lock but does not listen (it starts or stops).</param>
    public sealed record Busy(string Path, PeerCredentials? Owner) : SocketClaim
    {
        public override string Message => Owner is null
            ? $"The socket {Path} is being set up or taken down by another process (it holds {Path}.lock). Wait until it is done, or choose another socket path."
            : $"The socket {Path} is in use by {Owner}. Stop that process, or choose another socket path.";
    }

    /// <summary>The path cannot or must not be used; nothing was changed there.</summary>
    /// <param name="Path">The socket path.</param>
    /// <param name="Reason">What is wrong.</param>
    /// <param name="Remedy">What a person can do about it.</param>
    public sealed record Unusable(string Path, string Reason, string Remedy) : SocketClaim
    {
        public override string Message => $"The socket {Path} cannot be used: {Reason}. {Remedy}";
    }

    /// <summary>One sentence for a person; empty when the socket was claimed.</summary>
    public virtual string Message => "";
}
