using System.Text.Json;
using System.Text.Json.Nodes;
using Testing;
using Workflow.Changes;
using Workflow.Commands;

namespace EndToEndTests.Harness;

/// <summary>Where the work on a repository stands, and what is on disk.</summary>
internal static class Work
{
    private static readonly string[] s_settled = ["done", "awaiting_answers", "awaiting_review", "parked"];
    private static readonly string[] s_moving = ["planned", "journaled", "backed_up", "written", "committed"];

    // Default of workflow_orchestrator.max_file_bytes: what is larger is not read, so no part of a revision.
    private const int MaxFileBytes = 4 * 1024 * 1024;

    /// <summary>The active changes by OpenSpec's own rule: folders directly under <c>changes/</c>, not <c>archive</c>, no dot.</summary>
    public static IReadOnlyList<string> ActiveChanges(this ServedRepository served) =>
    [
        .. new DirectoryInfo(served.ChangesFolder).EnumerateDirectories()
            .Where(folder => folder.Name != "archive" && !folder.Name.StartsWith('.') && folder.LinkTarget is null)
            .Select(folder => folder.Name)
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>The hash of what stands on disk, computed from the bytes.</summary>
    public static string RevisionOnDisk(this ServedRepository served, string change)
    {
        var root = served.ChangeFolder(change);
        var files = Directory.EnumerateFiles(root, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint });
        return RevisionHasher.Compute(files
            .Select(file => Path.GetRelativePath(root, file))
            .Where(path => RevisionHasher.Counts(path) && FileKind.Of(Path.Combine(root, path)) == OpenSpec.OpenSpecEntryKind.File && new FileInfo(Path.Combine(root, path)).Length <= MaxFileBytes)
            .Select(path => (path, RevisionHasher.HashDocument(File.ReadAllBytes(Path.Combine(root, path)))))).Value;
    }

    /// <summary>The changes that are present, by name.</summary>
    public static async Task<IReadOnlyDictionary<string, JsonElement>> ChangesAsync(this ServedRepository served) =>
        ByName(await served.CallAsync("list_changes"));

    /// <summary>All updates, oldest first.</summary>
    public static async Task<IReadOnlyList<JsonElement>> UpdatesAsync(this ServedRepository served) =>
        [.. (await served.CallAsync("list_updates", new JsonObject { ["limit"] = 1000 })).Items("updates").Reverse()];

    /// <summary>
    /// Waits until exactly the active changes on disk are known with the bytes that they have, every one is done or waits for a human, no question
    /// is on its way and no update is being written.
    /// </summary>
    public static async Task<IReadOnlyDictionary<string, JsonElement>> WaitSettledAsync(this ServedRepository served, TimeSpan? timeout = null)
    {
        IReadOnlyDictionary<string, JsonElement> changes = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        var open = "the daemon cannot be reached";
        await Eventually.HoldsAsync(
            "all changes are settled",
            async () =>
            {
                // Read twice around the rest: only what stood still all the while is one picture.
                if (await served.TryCallAsync("list_changes") is not { } before)
                    return false;
                var (status, updates, after) = (await served.CallAsync("get_status"), await served.UpdatesAsync(), await served.CallAsync("list_changes"));
                changes = ByName(after);
                open = before.GetRawText() == after.GetRawText() ? Unsettled(served, changes, status, updates) : "the changes are moving";
                return open == "";
            },
            () => open,
            timeout);
        return changes;
    }

    private static string Unsettled(ServedRepository served, IReadOnlyDictionary<string, JsonElement> changes, JsonElement status, IReadOnlyList<JsonElement> updates)
    {
        var active = served.ActiveChanges();
        var open = changes.Values.Where(change => !IsSettled(change))
            .Select(change => $"{change.Text("change")}: {change.Text("stage")} {change.Text("reason")}")
            .Concat(updates.Where(update => s_moving.Contains(update.Text("state"))).Select(update => $"update {update.Text("update_id")} of {update.Text("change")}: {update.Text("state")} {update.Text("state_reason")}"))
            .ToList();
        var questions = status.GetProperty("questions");
        if (questions.Number("open") + questions.Number("routing") > 0)
            open.Add("questions: " + questions);
        if (!active.SequenceEqual(changes.Keys.Order(StringComparer.Ordinal)))
            open.Add($"on disk and not known: {string.Join(' ', active.Except(changes.Keys))}; known and not on disk: {string.Join(' ', changes.Keys.Except(active))}");
        else if (open.Count == 0)
            open.AddRange(active.Where(change => changes[change].Text("revision_on_disk") != served.RevisionOnDisk(change)).Select(change => $"{change}: its bytes are not known"));
        return string.Join('\n', open);
    }

    private static Dictionary<string, JsonElement> ByName(JsonElement list) => list.Items("changes").ToDictionary(change => change.Text("change"), StringComparer.Ordinal);

    // In awaiting_answers a change also stands between its review and its first update; only what says that it waits for the human is at rest.
    private static bool IsSettled(JsonElement change) =>
        s_settled.Contains(change.Text("stage")) && (change.Text("stage") != "awaiting_answers" || change.Text("reason").Contains("wo questions", StringComparison.Ordinal));
}
