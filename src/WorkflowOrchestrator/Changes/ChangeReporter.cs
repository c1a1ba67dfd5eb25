using Workflow.Hosting;

namespace Workflow.Changes;

/// <summary>Tells people what the watcher sees: log, health, metrics.</summary>
internal sealed class ChangeReporter(Repository repository, HealthBoard health, ILogger<ChangeReporter> logger)
{
    private const int MaxNamed = 3;
    private const int MaxLines = 20;

    private ChangesRoot? _lastRoot;
    private IReadOnlyList<ChangeProblem> _lastProblems = [];

    public void Scanned(Detection detection)
    {
        ChangeInstruments.Present.Record(detection.After.Changes.Count);
        ReportRoot(detection.After);

        // A fresh repository or a branch switch: a summary says more than hundreds of lines.
        var level = detection.Deltas.Count > MaxLines ? LogLevel.Debug : LogLevel.Information;
        if (level == LogLevel.Debug)
            logger.LogInformation(ChangeEventIds.ManyDifferences, "{Count} changes differ from what was known", detection.Deltas.Count);
        foreach (var delta in detection.Deltas)
            Log(delta, level);
    }

    public void FirstScan(Detection detection, TimeSpan took) =>
        logger.LogInformation(
            ChangeEventIds.FirstScan,
            "{Changes} changes in {Folder}; {Differences} differ from what was known ({Milliseconds} ms)",
            detection.After.Changes.Count,
            repository.ChangesFolder,
            detection.Deltas.Count,
            (long)took.TotalMilliseconds);

    public void Watching(WatchFault? fault, TimeSpan pollInterval)
    {
        if (fault is null)
            health.Report("watcher", HealthState.Ok);
        else
            health.Report("watcher", HealthState.Degraded, $"{fault.Detail}; the folder is read every {Math.Ceiling(pollInterval.TotalSeconds):0} s instead", fault.Remedy);
    }

    public void Polling(WatchFault fault) => logger.LogWarning(ChangeEventIds.Polling, "No file events: {Detail}. {Remedy}", fault.Detail, fault.Remedy);

    public void Broken(Exception error) => logger.LogWarning(ChangeEventIds.WatcherBroken, error, "The file watcher lost events: everything is read again");

    public void Rearmed(string reason)
    {
        ChangeInstruments.Rearmed.Add(1);
        logger.LogInformation(ChangeEventIds.WatcherRearmed, "File watchers set anew: {Reason}", reason);
    }

    public void Missed(IReadOnlyCollection<ChangeId> missed)
    {
        ChangeInstruments.Missed.Add(missed.Count);
        logger.LogWarning(ChangeEventIds.WatcherMissed, "{Count} changes were found by a scan and announced by no file event, among them {Changes}", missed.Count, missed.Take(MaxNamed));
    }

    private void Log(ChangeDelta delta, LogLevel level)
    {
        switch (delta)
        {
            case ChangeDelta.NewRevision(var change, _):
                logger.Log(level, ChangeEventIds.RevisionFound, "{Change}: revision {Revision} with {Files} documents", change.Id, change.Revision.Short, change.Files.Count);
                LogProblems(change);
                break;
            case ChangeDelta.Returned(var change):
                logger.Log(level, ChangeEventIds.ChangeReturned, "{Change} is back, unchanged", change.Id);
                break;
            case ChangeDelta.Gone(var id, var reason):
                logger.Log(level, ChangeEventIds.ChangeGone, "{Change} is gone: {Reason}", id, reason);
                break;
            case ChangeDelta.ProblemsChanged(var change):
                LogProblems(change);
                break;
        }
    }

    private void LogProblems(ScannedChange change)
    {
        foreach (var problem in change.Problems)
            logger.LogWarning(ChangeEventIds.ProblemsFound, "{Change}/{Path} {Problem}", change.Id, problem.Path, problem.Message);
    }

    private void ReportRoot(ChangesSnapshot snapshot)
    {
        var (state, detail, remedy) = Describe(snapshot);
        health.Report("openspec", state, detail, remedy);
        if (snapshot.Root.Equals(_lastRoot) && snapshot.Problems.SequenceEqual(_lastProblems))
            return;
        (_lastRoot, _lastProblems) = (snapshot.Root, snapshot.Problems);
        if (detail is not null)
            logger.LogWarning(ChangeEventIds.RootState, "{Detail} {Remedy}", detail, remedy);
    }

    private (HealthState State, string? Detail, string? Remedy) Describe(ChangesSnapshot snapshot) => snapshot.Root switch
    {
        ChangesRoot.Missing missing => (
            HealthState.Degraded,
            $"{missing.Path} is missing: there are no changes to work on.",
            "Switch to a branch that has it, run 'openspec init', or set workflow_orchestrator.openspec_path. The daemon waits for it."),
        ChangesRoot.NotAFolder file => (
            HealthState.Down,
            $"{file.Path} is a file; a folder is expected there.",
            "Move the file away and run 'openspec init', or set workflow_orchestrator.openspec_path."),
        ChangesRoot.Unreadable unreadable => (
            HealthState.Down,
            $"{repository.ChangesFolder} cannot be read: {unreadable.Detail}",
            "Give the daemon's user permission to read and enter it (chmod u+rx)."),
        _ when snapshot.Problems.Count > 0 => (
            HealthState.Ok,
            $"{snapshot.Problems.Count} entries of {repository.ChangesFolder} need attention: {string.Join("; ", snapshot.Problems.Take(MaxNamed).Select(problem => $"{problem.Path} {problem.Message}"))}",
            null),
        _ => (HealthState.Ok, null, null),
    };
}
