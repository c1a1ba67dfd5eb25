using OpenSpec.Documents;

namespace OpenSpec.Schemas;

/// <summary>Works out the status of a change from its files.</summary>
internal static class ArtifactGraph
{
    public static ChangeStatus StatusOf(ProjectContext project, string changeId)
    {
        var root = "changes/" + changeId;
        var metadata = project.NewLoader().Load(root + "/.openspec.yaml", ChangeMetadata.Parse);
        if (project.Schemas.ResolveForChange(metadata) is not { Schema: { } schema } resolution)
            return new(changeId, "", [], [], project.Schemas.ResolveForChange(metadata).Fault);
        var files = schema.Artifacts.ToDictionary(a => a.Id, a => ArtifactOutputs.Find(project.Files, project.Options, root, a.Generates), StringComparer.Ordinal);
        var skipped = metadata?.Content.SkipSpecs == true
            ? schema.Artifacts.Where(a => files[a.Id].Count == 0 && ArtifactOutputs.IsSpecs(a.Generates)).Select(a => a.Id).ToHashSet(StringComparer.Ordinal)
            : [];
        var artifacts = BuildOrder(schema.Artifacts).Select(a => StatusOf(schema, a, files, skipped)).ToArray();
        return new(changeId, resolution.Name, artifacts, schema.Apply?.Requires ?? schema.Artifacts.Select(a => a.Id).ToArray(), null);
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

    private static ArtifactStatus StatusOf(WorkflowSchema schema, Artifact artifact, Dictionary<string, IReadOnlyList<string>> files, HashSet<string> skipped)
    {
        var missing = schema.Artifacts.Select(a => a.Id).Where(id => artifact.Requires.Contains(id, StringComparer.Ordinal) && !IsThere(id)).ToArray();
        var state = skipped.Contains(artifact.Id) ? ArtifactState.Skipped
            : IsThere(artifact.Id) ? ArtifactState.Done
            : missing.Length == 0 ? ArtifactState.Ready : ArtifactState.Blocked;
        return new(artifact.Id, artifact.Generates, state, artifact.Requires, state == ArtifactState.Blocked ? missing : [], files[artifact.Id]);

        bool IsThere(string id) => files[id].Count > 0 || skipped.Contains(id);
    }
}
