using System.Text.Json.Serialization;

namespace Workflow.Hosting;

/// <summary>What became of one key at a reload.</summary>
internal enum KeyAnswer
{
    /// <summary>The new value is in force.</summary>
    Applied,

    /// <summary>The new value takes effect at the next start; until then the old one stays.</summary>
    NeedsRestart,

    /// <summary>The value is wrong; nothing of the reload is applied.</summary>
    [JsonStringEnumMemberName("refused")]
    TurnedDown,
}

/// <summary>One key that is different, or wrong.</summary>
/// <param name="Key"><c>section.key</c>.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="OldValue">The value in force before.</param>
/// <param name="NewValue">The value read.</param>
/// <param name="Note">What is wrong and what to do, when it is refused.</param>
internal sealed record ReloadedKey(string Key, KeyAnswer Outcome, string? OldValue, string? NewValue, string? Note);

/// <summary>What a reload came to: either every key is right and the new snapshot holds, or the old one stays.</summary>
/// <param name="IsAccepted">False: the old settings stay as they are.</param>
/// <param name="Keys">The keys that differ; those that are wrong when it was not accepted.</param>
internal sealed record ReloadReport(bool IsAccepted, IReadOnlyList<ReloadedKey> Keys);

/// <summary>Decides what a reload changes. Pure.</summary>
internal static class SettingsReload
{
    /// <summary>Compares what is in force with what was read.</summary>
    /// <returns>The snapshot to put in force and the answer for each key; the same snapshot when the reading is refused.</returns>
    public static (SettingsSnapshot Snapshot, ReloadReport Report) Decide(SettingsSnapshot current, SettingsOutcome read)
    {
        if (read is SettingsOutcome.Invalid invalid)
            return (current, TurnDown(invalid.Errors));
        var next = ((SettingsOutcome.Valid)read).Snapshot;
        var keys = Differences(current, next);
        var pinned = keys.Where(key => key.Outcome == KeyAnswer.NeedsRestart).Select(key => key.Key.Replace('.', ':')).ToList();
        if (pinned.Count == 0)
            return (next, new ReloadReport(true, keys));

        // What needs a restart keeps its old value in the new snapshot too, so that a snapshot is what the process really does.
        var values = new Dictionary<string, string?>(next.Values.Where(pair => !pinned.Exists(path => Covers(path, pair.Key))), StringComparer.OrdinalIgnoreCase);
        foreach (var (path, value) in current.Values.Where(pair => pinned.Exists(path => Covers(path, pair.Key))))
            values[path] = value;
        var reader = new SettingsReader([new SettingsLayer("in force", values)]);
        var settings = SettingsBinder.Bind(reader);
        if (reader.Errors.Count > 0)
            return (current, TurnDown(reader.Errors));
        var old = current.Sources.ToDictionary(source => source.Key, StringComparer.Ordinal);
        var sources = next.Sources.Select(source => pinned.Contains(source.Key.Replace('.', ':'), StringComparer.OrdinalIgnoreCase) ? old.GetValueOrDefault(source.Key, source) : source).ToList();
        return (new SettingsSnapshot(settings, sources, values, next.File), new ReloadReport(true, keys));
    }

    private static List<ReloadedKey> Differences(SettingsSnapshot current, SettingsSnapshot next)
    {
        var old = current.Sources.ToDictionary(source => source.Key, source => source.Value, StringComparer.Ordinal);
        return
        [
            .. next.Sources
                .Where(source => !string.Equals(source.Value, old.GetValueOrDefault(source.Key), StringComparison.Ordinal))
                .Select(source => new ReloadedKey(source.Key, LiveKeys.All.Contains(source.Key) ? KeyAnswer.Applied : KeyAnswer.NeedsRestart, old.GetValueOrDefault(source.Key), source.Value, null)),
        ];
    }

    private static ReloadReport TurnDown(IReadOnlyList<SettingsError> errors) =>
        new(false, [.. errors.Select(error => new ReloadedKey(error.Key, KeyAnswer.TurnedDown, null, error.Value, $"{error.Problem}. {error.Remedy}"))]);

    // The key itself, or an item of its list.
    private static bool Covers(string path, string name) =>
        name.Equals(path, StringComparison.OrdinalIgnoreCase) || (name.StartsWith(path, StringComparison.OrdinalIgnoreCase) && name[path.Length] == ':');
}
