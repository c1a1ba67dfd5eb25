using System.Text;

namespace Platform.Models.Wire;

/// <summary>Reads a body whole, up to a limit.</summary>
internal static class CappedBody
{
    /// <summary>The body as text.</summary>
    /// <exception cref="InvalidDataException">It is larger.</exception>
    public static async Task<string> ReadAsync(HttpContent content, int maxBytes, CancellationToken cancellationToken)
    {
        await using var stream = await content.ReadAsStreamAsync(cancellationToken);
        using var memory = new MemoryStream();
        var buffer = new byte[16 * 1024];
        int read;
        while ((read = await stream.ReadAsync(buffer, cancellationToken)) > 0)
        {
            memory.Write(buffer, 0, read);
            if (memory.Length > maxBytes)
                throw new InvalidDataException($"a body is larger than {maxBytes} bytes");
        }

        return Encoding.UTF8.GetString(memory.GetBuffer(), 0, (int)memory.Length);
    }
}
