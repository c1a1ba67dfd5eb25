using System.Net.Sockets;

namespace Platform.Models.Wire;

/// <summary>Tells what an error of the connection means.</summary>
internal static class TransportFailure
{
    public static ModelFailure Of(Exception error, ModelAddress address)
    {
        for (var inner = error; inner is not null; inner = inner.InnerException)
        {
            if (inner is SocketException socket)
            {
                return socket.SocketErrorCode is SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown
                    ? new ModelFailure(ModelFailureKind.CutOff, "the connection was cut")
                    : new ModelFailure(ModelFailureKind.Unreachable, $"{address.Root} cannot be reached: {socket.Message}");
            }
        }

        return error is HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError }
            ? new ModelFailure(ModelFailureKind.Unreachable, $"{address.Root} cannot be reached: {error.Message}")
            : new ModelFailure(ModelFailureKind.CutOff, "the connection was cut: " + error.Message);
    }
}
