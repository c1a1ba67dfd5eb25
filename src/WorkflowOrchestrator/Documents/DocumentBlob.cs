using System.IO.Compression;
using Workflow.Documents.Text;
using Workflow.Storage;

namespace Workflow.Documents;

/// <summary>The bytes of a document before or after an update, by their hash: what recovery, undo and diffs are made from.</summary>
/// <param name="Hash">SHA-256 (lower-case hexadecimal) of the bytes.</param>
/// <param name="Deflated">The bytes, deflated.</param>
internal sealed record DocumentBlob(string Hash, byte[] Deflated)
{
    /// <summary>What has to be kept of an update.</summary>
    public static IEnumerable<DocumentBlob> Of(PreparedUpdate update) => update.Files
        .SelectMany(file => new[] { (Hash: file.Summary.BaseHash, Bytes: file.Before), (Hash: file.Summary.NewHash, Bytes: file.After) })
        .Where(side => side.Hash is not null && side.Bytes is not null)
        .Select(side => Pack(side.Hash!, side.Bytes!));

    public static DocumentBlob Pack(string hash, byte[] bytes)
    {
        using var deflated = new MemoryStream();
        using (var stream = new DeflateStream(deflated, CompressionLevel.Fastest, leaveOpen: true))
            stream.Write(bytes);
        return new DocumentBlob(hash, deflated.ToArray());
    }

    public void Add(IStoreTransaction transaction) =>
        transaction.Execute("INSERT INTO document_blob(hash, bytes) VALUES (@Hash, @Bytes) ON CONFLICT(hash) DO NOTHING", new { Hash, Bytes = Deflated });

    /// <summary>A document by its hash; null when it is not kept.</summary>
    public static byte[]? Find(IStoreReader reader, string? hash)
    {
        if (hash is null || reader.First<byte[]>("SELECT bytes FROM document_blob WHERE hash = @Hash", new { Hash = hash }) is not { } deflated)
            return null;
        using var stream = new DeflateStream(new MemoryStream(deflated), CompressionMode.Decompress);
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }

    /// <summary>The text of a document by its hash; null when it is not kept, or no text.</summary>
    public static string? FindText(IStoreReader reader, string? hash) => TextLines.Decode(Find(reader, hash));
}
