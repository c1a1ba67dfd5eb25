using System.Collections;
using FsCheck;
using FsCheck.Fluent;
using Workflow.Hosting;

namespace Workflow.Tests.Hosting;

public sealed class SettingsReloadTests
{
    [Fact]
    public void Decide_LiveKey_IsApplied()
    {
        var (snapshot, report) = SettingsReload.Decide(Snapshot(), Read(("question_routing.min_confidence", "0.9")));
        Assert.Equal(0.9, snapshot.Settings.Questions.MinConfidence);
        Assert.True(report.IsAccepted);
        Assert.Equal([new ReloadedKey("question_routing.min_confidence", KeyAnswer.Applied, "0.6", "0.9", null)], report.Keys);
    }

    [Fact]
    public void Decide_KeyThatIsBuiltIn_KeepsItsOldValueAndNeedsARestart()
    {
        var current = Snapshot(("http.listen", "127.0.0.1:9000"));
        var (snapshot, report) = SettingsReload.Decide(current, Read(("http.listen", "127.0.0.1:9001"), ("document_updates.mode", "shadow")));
        Assert.Equal(9000, snapshot.Settings.HttpListen.Port);
        Assert.Equal(UpdateMode.Shadow, snapshot.Settings.Documents.Mode);
        Assert.Equal([KeyAnswer.NeedsRestart, KeyAnswer.Applied], report.Keys.OrderBy(key => key.Key, StringComparer.Ordinal).Reverse().Select(key => key.Outcome));

        // Asked again it still waits: what is in force is what is compared with.
        Assert.Equal(KeyAnswer.NeedsRestart, Assert.Single(SettingsReload.Decide(snapshot, Read(("http.listen", "127.0.0.1:9001"), ("document_updates.mode", "shadow"))).Report.Keys).Outcome);
        Assert.Empty(SettingsReload.Decide(snapshot, Read(("http.listen", "127.0.0.1:9000"), ("document_updates.mode", "shadow"))).Report.Keys);
    }

    [Fact]
    public void Decide_KeyTakenOut_GoesBackToItsDefaultOrWaits()
    {
        var current = Snapshot(("review.max_attempts", "7"), ("review.max_concurrent_changes", "9"), ("review.suppressed_rules", "a, b"));
        var (snapshot, report) = SettingsReload.Decide(current, Read());
        Assert.Equal((3, 9), (snapshot.Settings.Review.MaxAttempts, snapshot.Settings.Review.MaxConcurrentChanges));
        Assert.Empty(snapshot.Settings.Review.SuppressedRules);
        Assert.Equal(3, report.Keys.Count);
    }

    [Fact]
    public void Decide_OneFault_ChangesNothingAtAll()
    {
        var current = Snapshot();
        var (snapshot, report) = SettingsReload.Decide(current, Read(("question_routing.min_confidence", "0.9"), ("review.max_attempts", "many")));
        Assert.Same(current, snapshot);
        Assert.False(report.IsAccepted);
        var refused = Assert.Single(report.Keys);
        Assert.Equal(("review.max_attempts", KeyAnswer.TurnedDown, "many"), (refused.Key, refused.Outcome, refused.NewValue));
        Assert.NotEmpty(refused.Note!);
    }

    [Fact]
    public void LiveKeys_AllExist()
    {
        var reader = new SettingsReader([]);
        SettingsBinder.Bind(reader);
        Assert.Empty(LiveKeys.All.Except(reader.Definitions.Select(definition => definition.Key)));
    }

    /// <summary>Whatever is reloaded in whatever order: what needs a restart never changes, and every live key is what was read last.</summary>
    [Fact]
    public void Decide_AnySequence_KeepsWhatNeedsARestart() =>
        Prop.ForAll<int[], int[]>((live, fixedValues) =>
        {
            var current = Snapshot(("review.max_concurrent_changes", "5"));
            var last = 3;
            foreach (var (attempts, concurrent) in (live ?? []).Zip(fixedValues ?? []))
            {
                var isRight = attempts is >= 1 and <= 100 && concurrent is >= 1 and <= 64;
                last = isRight ? attempts : last;
                (current, var report) = SettingsReload.Decide(current, Read(("review.max_attempts", $"{attempts}"), ("review.max_concurrent_changes", $"{concurrent}")));
                if (report.IsAccepted != isRight)
                    return false;
            }

            return current.Settings.Review.MaxAttempts == last && current.Settings.Review.MaxConcurrentChanges == 5;
        }).QuickCheckThrowOnFailure();

    private static SettingsSnapshot Snapshot(params (string Key, string Value)[] values) => ((SettingsOutcome.Valid)Read(values)).Snapshot;

    private static SettingsOutcome Read(params (string Key, string Value)[] values) =>
        SettingsLoader.Load("/nowhere", null, new Hashtable(), values.ToDictionary(pair => pair.Key, pair => (string?)pair.Value));
}
