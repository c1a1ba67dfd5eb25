namespace OpenSpec.Schemas;

/// <summary>Works out the status of a change from its files.</summary>
internal static class ArtifactGraph
{
    public static ChangeStatus StatusOf(ProjectContext project, string changeId)
    {
        if (ChangeArtifacts.TryLoad(project, changeId, out var fault) is not { } artifacts)
            return new(changeId, "", [], [], fault);
        var schema = artifacts.Schema;
        return new(changeId, artifacts.Resolution.Name, BuildOrder(schema.Artifacts).Select(a => StatusOf(artifacts, a)).ToArray(), schema.ApplyRequires, null);
    }

    /// <summary>Artifacts after what they require; where that leaves a choice, in order of declaration.</summary>
    public static IReadOnlyList<Artifact> BuildOrder(IReadOnlyList<Artifact> artifacts)
    {
        var result = new List<Artifact>();
        var index = artifacts.Select((a, i) => (a.Id, i)).ToDictionary(a => a.Id, a => a.i, StringComparer.Ordinal);
        var missing = artifacts.Select(a => a.Requires.Count).ToArray();
        var dependents = artifacts.SelectMany((a, i) => a.Requires.Select(r => (Required: index[r], Dependent: i))).ToLookup(d => d.Required, d => d.Dependent);
        var ready = new PriorityQueue<int, int>(Enumerable.Range(0, artifacts.Count).Where(i => missing[i] == 0).Select(i => (i, i)));
        while (ready.TryDequeue(out var next, out _))
        {
            result.Add(artifacts[next]);
            foreach (var dependent in dependents[next])
            {
                if (--missing[dependent] == 0)
                    ready.Enqueue(dependent, dependent);
            }
        }

        return result;
    }

    private static ArtifactStatus StatusOf(ChangeArtifacts change, Artifact artifact)
    {
        var missing = change.Schema.Artifacts.Select(a => a.Id).Where(id => artifact.Requires.Contains(id, StringComparer.Ordinal) && !change.IsThere(id)).ToArray();
        var state = change.IsSkipped(artifact.Id) ? ArtifactState.Skipped
            : change.IsThere(artifact.Id) ? ArtifactState.Done
            : missing.Length == 0 ? ArtifactState.Ready : ArtifactState.Blocked;
        return new(artifact.Id, artifact.Generates, state, artifact.Requires, state == ArtifactState.Blocked ? missing : [], change.FilesOf(artifact.Id));
    }
}
