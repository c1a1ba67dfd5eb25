using Platform.Files;
using Workflow.Documents;

namespace Workflow.Tests.Documents;

/// <summary>The commands of the test host that are about documents.</summary>
internal static class DocumentHost
{
    /// <summary>Replaces a file by that many bytes; prints the class of the failure and returns 3 when that fails.</summary>
    public static int WriteBytes(string path, int size)
    {
        try
        {
            return AtomicFile.Write(path, new byte[size], "01A", _ => true) ? 0 : 1;
        }
        catch (IOException error)
        {
            Console.WriteLine(FileFaults.Classify(error));
            return 3;
        }
    }

    /// <summary>Does what the DocumentManager does after a start: takes every unfinished update through its steps.</summary>
    public static async Task<int> RunUpdatesAsync(string folder)
    {
        await using var room = DocumentRoom.Open(folder);
        foreach (var change in room.Store.Read(UpdateStore.ChangesWithUnfinished))
        {
            foreach (var waits in (await room.Steps.AdvanceAsync(change, CancellationToken.None)).Values.OfType<UpdateStep.Waits>())
                Console.WriteLine(waits.Why);
        }

        return 0;
    }
}
