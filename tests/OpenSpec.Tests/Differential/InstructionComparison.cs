using System.Text.Json;
using OpenSpec.Schemas;

namespace OpenSpec.Tests.Differential;

/// <summary>Compares instructions. The texts of OpenSpec's own schema and what people are told are not compared: here they are in other words or absent.</summary>
internal sealed class InstructionComparison(OpenSpecProject project, Action<object?, object?, string> check, Tally tally)
{
    private const string Fault = "fault";

    public void Run(JsonElement said)
    {
        foreach (var change in said.EnumerateArray())
        {
            var id = change.GetProperty("change").GetString()!;
            foreach (var artifact in change.GetProperty("artifacts").EnumerateObject())
            {
                tally.Instructions++;
                var here = project.Instructions(id, artifact.Name);
                tally.Told += here.Fault is null ? 1 : 0;
                check(Describe(artifact.Value), Describe(here), $"instructions of {artifact.Name} of {id} ({here.Fault})");
            }

            tally.Instructions++;
            var apply = project.ApplyInstructions(id);
            tally.Told += apply.Fault is null ? 1 : 0;
            check(DescribeApply(change.GetProperty("apply"), apply), DescribeApply(apply), $"apply instructions of {id} ({apply.Fault})");
        }
    }

    private static string Describe(JsonElement said)
    {
        if (!said.TryGetProperty("artifactId", out _))
            return Fault;
        var isBuiltIn = Text(said, "schemaName") == "spec-driven";
        var root = Text(said, "changeDir") + "/";
        return Join(
            Text(said, "schemaName"),
            Text(said, "outputPath"),
            Paths(said, "existingOutputPaths", root),
            Text(said, "context"),
            Texts(said, "rules"),
            said.TryGetProperty("skipped", out var skipped) && skipped.GetBoolean(),
            string.Join(',', said.GetProperty("dependencies").EnumerateArray().Select(d => $"{Text(d, "id")} {d.GetProperty("done").GetBoolean()} {d.TryGetProperty("skipped", out _)} {Text(d, "path")} {(isBuiltIn ? "" : Text(d, "description"))}")),
            Texts(said, "unlocks"),
            isBuiltIn ? "" : Text(said, "description"),
            isBuiltIn ? "" : Text(said, "instruction"),
            isBuiltIn ? "" : Text(said, "template"));
    }

    private static string Describe(ArtifactInstructions here)
    {
        if (here.Fault is not null)
            return Fault;
        var isBuiltIn = here.SchemaName == "spec-driven";
        return Join(
            here.SchemaName,
            here.OutputPath,
            string.Join(',', here.Files),
            here.Context,
            string.Join(',', here.Rules),
            here.IsSkipped,
            string.Join(',', here.Dependencies.Select(d => $"{d.Id} {d.IsDone} {d.IsSkipped} {d.OutputPath} {(isBuiltIn ? "" : d.Description)}")),
            string.Join(',', here.Unlocks),
            isBuiltIn ? "" : here.Description,
            isBuiltIn ? "" : here.Instruction,
            isBuiltIn ? "" : here.Template);
    }

    private static string DescribeApply(JsonElement said, ApplyInstructions here)
    {
        if (!said.TryGetProperty("progress", out var progress))
            return Fault;
        var root = Text(said, "changeDir") + "/";
        return Join(
            Text(said, "schemaName"),
            Text(said, "state"),
            string.Join(';', said.GetProperty("contextFiles").EnumerateObject().Select(f => $"{f.Name}: {Paths(said.GetProperty("contextFiles"), f.Name, root)}")),
            $"{progress.GetProperty("complete").GetInt32()} of {progress.GetProperty("total").GetInt32()}",
            string.Join(';', said.GetProperty("tasks").EnumerateArray().Select(t => $"{Text(t, "id")} {t.GetProperty("done").GetBoolean()} {Text(t, "description")}")),
            said.GetProperty("taskTrackingConfigured").GetBoolean(),
            Texts(said, "missingArtifacts"),
            Texts(said, "missingPrerequisites"),
            said.TryGetProperty("warnings", out var warnings) ? warnings.GetArrayLength() : 0,
            Text(said, "context"),
            Texts(said, "operationGuidance"),
            here.Instruction is null ? "" : Text(said, "instruction"));
    }

    private static string DescribeApply(ApplyInstructions here) => here.Fault is not null
        ? Fault
        : Join(
            here.SchemaName,
            here.State switch { ApplyState.AllDone => "all_done", ApplyState.Ready => "ready", _ => "blocked" },
            string.Join(';', here.ContextFiles.Select(f => $"{f.Key}: {string.Join(',', f.Value)}")),
            $"{here.Completed} of {here.Total}",
            string.Join(';', here.Tasks.Select(t => $"{t.Id} {t.IsDone} {t.Text}")),
            here.TracksTasks,
            string.Join(',', here.MissingArtifacts),
            string.Join(',', here.MissingPrerequisites),
            here.Warnings.Count,
            here.Context,
            string.Join(',', here.Guidance),
            here.Instruction);

    private static string Join(params object?[] parts) => string.Join("\n    ", parts);

    private static string Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value.GetString() ?? "" : "";

    private static string Texts(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) ? string.Join(',', value.EnumerateArray().Select(v => v.GetString())) : "";

    private static string Paths(JsonElement element, string name, string root) =>
        string.Join(',', element.GetProperty(name).EnumerateArray().Select(v => v.GetString()![root.Length..]));
}
