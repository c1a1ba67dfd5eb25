using Platform.Files;

namespace Workflow.Documents;

/// <summary>
/// Cleans up what a killed process left of writing a document: the temporary file. Bytes of the update, or the document as it was before it, may go;
/// anything else is a save by a human that was swapped out at the very moment of the kill, and is put back.
/// </summary>
internal static class Leftovers
{
    /// <summary>Removes the temporary file of one update beside one document. True when there was one.</summary>
    public static bool Clear(string path, UpdateId update, byte[]? before, byte[]? after)
    {
        var temporary = AtomicFile.TemporaryName(path, update.Value);
        if (AtomicFile.Read(temporary) is not { } bytes)
            return false;
        var isOurs = (after is not null && after.AsSpan().StartsWith(bytes)) || (before is not null && before.AsSpan().SequenceEqual(bytes));
        if (!isOurs)
        {
            // Put back only over our own bytes: what a human saved later counts more.
            if (after is null || AtomicFile.Read(path) is not { } now || !now.AsSpan().SequenceEqual(after) || !AtomicFile.TryPutBack(temporary, path))
                return false;
        }

        File.Delete(temporary);
        return true;
    }
}
