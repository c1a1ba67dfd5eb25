using OpenSpec.Parsing;

namespace OpenSpec.Schemas;

/// <summary>Collects what an author needs to write an artifact.</summary>
internal static class InstructionReader
{
    public static ArtifactInstructions Read(ProjectContext project, string changeId, string artifactId)
    {
        if (ChangeArtifacts.TryLoad(project, changeId, out var fault) is not { } artifacts)
            return new(changeId, artifactId, "", fault);
        var (schema, name) = (artifacts.Schema, artifacts.Resolution.Name);
        if (schema.Artifacts.FirstOrDefault(a => a.Id == artifactId) is not { } artifact)
            return new(changeId, artifactId, name, $"The schema \"{name}\" has no artifact \"{artifactId}\", only {string.Join(", ", schema.Artifacts.Select(a => a.Id))}.");
        var template = project.Schemas.Template(artifacts.Resolution, artifact);
        if (template is null && !artifacts.Resolution.IsBuiltIn)
            return new(changeId, artifactId, name, $"The schema \"{name}\" has no template {artifact.Template} for \"{artifactId}\" in its folder templates.");
        var config = project.Schemas.Config;
        return new(changeId, artifactId, name, null)
        {
            OutputPath = artifact.Generates,
            Files = artifacts.FilesOf(artifactId),
            Description = artifact.Description,
            Template = template,
            Instruction = artifact.Instruction,
            Context = config?.Context is { } context && EcmaText.Trim(context) is { Length: > 0 } trimmed ? trimmed : null,
            Rules = config?.Rules.GetValueOrDefault(artifactId) ?? [],
            IsSkipped = artifacts.IsSkipped(artifactId),
            Dependencies = artifact.Requires.Select(r => Dependency(artifacts, r)).ToArray(),
            Unlocks = schema.Artifacts.Where(a => a.Requires.Contains(artifactId, StringComparer.Ordinal)).Select(a => a.Id).ToArray(),
        };
    }

    private static ArtifactDependency Dependency(ChangeArtifacts artifacts, string id)
    {
        var artifact = artifacts.Schema.Artifacts.First(a => a.Id == id);
        return new(id, artifacts.IsThere(id), artifacts.IsSkipped(id), artifact.Generates, artifact.Description);
    }
}
