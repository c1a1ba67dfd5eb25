using System.Security.Cryptography;
using System.Text;

namespace Workflow.Changes;

/// <summary>Names the content of a change. Pure: the same documents give the same hash, whoever wrote them and on whatever machine.</summary>
internal static class RevisionHasher
{
    /// <summary>The report that the daemon regenerates from its store; output, not input.</summary>
    public const string ReviewReport = "review.md";

    /// <summary>OpenSpec's settings of a change. The one dot file that is a document: <c>skip_specs</c> and its like change what is valid.</summary>
    public const string ChangeSettings = ".openspec.yaml";

    /// <summary>
    /// The hash of a revision with these documents. Order does not matter; what <see cref="Counts"/> refuses is left out, so that a caller may pass
    /// every file that it knows of.
    /// </summary>
    /// <param name="documents">Path relative to the change's folder with '/', and SHA-256 of the bytes in lower-case hexadecimal.</param>
    public static RevisionHash Compute(IEnumerable<(string Path, string Sha256)> documents)
    {
        var counted = documents.Where(document => Counts(document.Path)).ToArray();
        Array.Sort(counted, static (left, right) => string.CompareOrdinal(left.Path, right.Path));
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> buffer = stackalloc byte[512];
        foreach (var (path, sha256) in counted)
        {
            // A path holds no NUL and the digest has a fixed length: no two lists of documents give the same bytes.
            Append(hash, path, buffer);
            hash.AppendData("\0"u8);
            Append(hash, sha256, buffer);
            hash.AppendData("\n"u8);
        }

        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        hash.GetHashAndReset(digest);
        return new RevisionHash(Convert.ToHexStringLower(digest));
    }

    /// <summary>SHA-256 of a document's bytes, as <see cref="Compute"/> takes it.</summary>
    public static string HashDocument(ReadOnlySpan<byte> bytes)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, digest);
        return Convert.ToHexStringLower(digest);
    }

    /// <summary>Whether a file is one of the change's own documents: not <c>review.md</c> at its top, no dot file but <c>.openspec.yaml</c> at its top, no temporary file.</summary>
    public static bool Counts(string path)
    {
        if (path is ReviewReport)
            return false;
        if (path is ChangeSettings)
            return true;
        var rest = path.AsSpan();
        for (var slash = rest.IndexOf('/'); slash >= 0; slash = rest.IndexOf('/'))
        {
            if (EphemeralNames.IsDirectory(rest[..slash]))
                return false;
            rest = rest[(slash + 1)..];
        }

        return !EphemeralNames.IsFile(rest);
    }

    private static void Append(IncrementalHash hash, string text, Span<byte> buffer)
    {
        if (Encoding.UTF8.TryGetBytes(text, buffer, out var written))
            hash.AppendData(buffer[..written]);
        else
            hash.AppendData(Encoding.UTF8.GetBytes(text));
    }
}
