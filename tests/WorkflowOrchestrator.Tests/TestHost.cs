using Workflow.Storage;
using Workflow.Tests.Documents;

namespace Workflow.Tests;

/// <summary>
/// What this assembly does when a test starts it as a process of its own (<c>dotnet exec … COMMAND …</c>): the place for what must be killed, or run on a
/// full disk. The test runner does not come by here.
/// </summary>
internal static class TestHost
{
    public static async Task<int> Main(string[] args) => args switch
    {
        ["atomic-write", var path, var size] => DocumentHost.WriteBytes(path, int.Parse(size)),
        ["run-updates", var folder] => await DocumentHost.RunUpdatesAsync(folder),
        ["open-store", var path] => await OpenStoreAsync(path),
        _ => 2,
    };

    private static async Task<int> OpenStoreAsync(string path)
    {
        await using var store = SqliteStore.Open(path, TimeProvider.System, new EventHub());
        return 0;
    }
}
