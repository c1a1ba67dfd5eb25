using OpenSpec.Documents;
using OpenSpec.Parsing;

namespace OpenSpec.Schemas;

/// <summary>Works out whether a change can be applied, and what is left to do.</summary>
internal static class ApplyReader
{
    public static ApplyInstructions Read(ProjectContext project, string changeId)
    {
        if (ChangeArtifacts.TryLoad(project, changeId, out var fault) is not { } artifacts)
            return new(changeId, "", ApplyState.Blocked, fault, fault);
        var schema = artifacts.Schema;
        var missing = schema.ApplyRequires.Where(id => !artifacts.IsThere(id)).ToArray();
        var progress = Progress.Of(artifacts);
        var (state, message) = Judge(artifacts, missing, progress);
        var config = project.Schemas.Config;
        return new(changeId, artifacts.Resolution.Name, state, message, null)
        {
            ContextFiles = schema.Artifacts.Where(a => artifacts.FilesOf(a.Id).Count > 0).ToDictionary(a => a.Id, a => artifacts.FilesOf(a.Id), StringComparer.Ordinal),
            Tasks = progress.Listed,
            Total = progress.Total,
            Completed = progress.Completed,
            TracksTasks = schema.Apply?.Tracks is not null,
            UnreadableFiles = progress.Unreadable,
            MissingArtifacts = missing,
            MissingPrerequisites = MissingPrerequisites(artifacts),
            Warnings = state == ApplyState.Blocked ? [] : Warnings(artifacts),
            Instruction = state == ApplyState.Ready && schema.Apply?.Instruction is { } instruction ? EcmaText.Trim(instruction) : null,
            Context = config?.Context is { } context && !EcmaText.IsBlank(context) ? context : null,
            Guidance = config?.OperationGuidance.GetValueOrDefault("apply") ?? [],
        };
    }

    private static (ApplyState State, string Message) Judge(ChangeArtifacts artifacts, string[] missing, Progress progress)
    {
        if (missing.Length > 0)
            return (ApplyState.Blocked, $"Write {string.Join(", ", missing)} first, and what they build on.");
        if (artifacts.Schema.Apply?.Tracks is not { } tracks)
            return (ApplyState.Ready, "Everything that the schema asks for is there. Build it.");
        if (progress.Files == 0)
            return (ApplyState.Blocked, $"Write {tracks} first: its checkboxes tell the progress.");
        if (progress.Listed.Count == 0)
            return (ApplyState.Blocked, $"{tracks} has no readable checkbox with a text. Write down the tasks.");
        return progress.Total == progress.Completed && progress.Unreadable.Count == 0
            ? (ApplyState.AllDone, "Every task is done. Check the result, then archive the change.")
            : (ApplyState.Ready, $"{progress.Total - progress.Completed} of {progress.Total} tasks are open. Work through them and tick each one when it is done.");
    }

    /// <summary>Everything not there that the required artifacts need, directly or not.</summary>
    private static string[] MissingPrerequisites(ChangeArtifacts artifacts)
    {
        var byId = artifacts.Schema.Artifacts.ToDictionary(a => a.Id, StringComparer.Ordinal);
        var seen = artifacts.Schema.ApplyRequires.ToHashSet(StringComparer.Ordinal);
        var open = new Queue<string>(seen);
        while (open.TryDequeue(out var id))
        {
            foreach (var required in byId[id].Requires.Where(seen.Add))
                open.Enqueue(required);
        }

        return ArtifactGraph.BuildOrder(artifacts.Schema.Artifacts).Select(a => a.Id).Where(id => seen.Contains(id) && !artifacts.IsThere(id)).ToArray();
    }

    private static string[] Warnings(ChangeArtifacts artifacts)
    {
        var specs = artifacts.Schema.Artifacts.Where(a => ArtifactOutputs.IsSpecs(a.Generates)).ToArray();
        if (specs.Length == 0 || specs.Any(a => artifacts.IsSkipped(a.Id)))
            return [];
        var warnings = artifacts.Change.UnreadDeltaFiles()
            .Select(f => $"specs/{f.Relative} is not read by OpenSpec: only files named spec.md in a capability's folder are. Move its requirements there.");
        return specs.Any(a => artifacts.FilesOf(a.Id).Count > 0)
            ? warnings.ToArray()
            : [.. warnings, "The change has no delta spec and does not say skip_specs: true, so validation refuses it. Write what it changes, or say that it changes no requirement."];
    }

    /// <summary>What the tracked files say.</summary>
    private sealed record Progress(int Files, int Total, int Completed, IReadOnlyList<ApplyTask> Listed, IReadOnlyList<string> Unreadable)
    {
        public static Progress Of(ChangeArtifacts artifacts)
        {
            var paths = artifacts.Schema.Apply?.Tracks is { } tracks ? artifacts.Find(tracks) : [];
            var tasks = new List<TaskItem>();
            var unreadable = new List<string>();
            foreach (var path in paths)
            {
                var document = artifacts.Change.Loader.Load($"{artifacts.Change.Root}/{path}", TaskList.Parse);
                if (document is null or { Fault.Kind: DocumentFaultKind.TooLarge })
                    unreadable.Add(path);
                else
                    tasks.AddRange(document.Content.Tasks);
            }

            var listed = tasks.Where(t => t.Text.Length > 0).Select((t, i) => new ApplyTask($"{i + 1}", t.Text, t.IsDone)).ToArray();
            return new(paths.Count, tasks.Count, tasks.Count(t => t.IsDone), listed, unreadable);
        }
    }
}
