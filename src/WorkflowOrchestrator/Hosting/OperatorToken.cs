using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Platform.Sockets;

namespace Workflow.Hosting;

/// <summary>
/// The secret that makes an HTTP caller an operator: a file in the state folder that only its owner can read. Who can read it could do everything
/// that operators may do anyway. It stays the same over restarts, so that clients can be configured with it.
/// </summary>
internal sealed class OperatorToken
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const int SecretBytes = 32;

    private readonly byte[] _hash;

    private OperatorToken(string path, string secret)
    {
        Path = path;
        _hash = Hash(secret);
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Reads the token, or makes one. One that others could have read, or that is no token, is replaced.</summary>
    public static OperatorToken Ensure(Repository repository)
    {
        var path = System.IO.Path.Combine(repository.StateFolder, "token");
        return new OperatorToken(path, Read(path) ?? Create(path));
    }

    /// <summary>Whether this is the token. Takes the same time however much of it is right.</summary>
    public bool Matches(string given) => CryptographicOperations.FixedTimeEquals(Hash(given), _hash);

    /// <summary>A proof that this daemon, or somebody who knows the token, wrote a text. Say in the text what it is for.</summary>
    public string Sign(string text) => WebEncoders.Base64UrlEncode(HMACSHA256.HashData(_hash, Encoding.UTF8.GetBytes(text)));

    private static string? Read(string path)
    {
        if (UnixFile.Inspect(path) is not { Kind: UnixFileKind.RegularFile } file || file.Owner != UnixFile.CurrentUser || (file.Mode & ~(int)OwnerOnly) != 0)
            return null;
        var secret = File.ReadAllText(path).Trim();
        return secret.Length == Base64Length && secret.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_') ? secret : null;
    }

    private static string Create(string path)
    {
        var secret = WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(SecretBytes));
        var temporary = path + ".new";
        File.Delete(temporary); // of a start that was killed
        using (var file = new FileStream(temporary, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly }))
        {
            file.Write(Encoding.ASCII.GetBytes(secret + "\n"));
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
        return secret;
    }

    // 32 bytes in base64url without padding.
    private static int Base64Length => ((SecretBytes * 8) + 5) / 6;

    private static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));
}
