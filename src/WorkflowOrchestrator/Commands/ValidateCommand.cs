using System.CommandLine;
using System.Diagnostics;
using OpenSpec;
using OpenSpec.Validation;
using Workflow.Changes;

namespace Workflow.Commands;

/// <summary>
/// <c>wo validate</c>: what <c>openspec validate</c> says, without Node, with rule ids and remedies. Needs no daemon, no configuration and no
/// host, so that it answers at once.
/// </summary>
internal static class ValidateCommand
{
    public static Command Create()
    {
        var items = new Argument<string[]>("ITEM") { Description = "Change ids or capability paths.", Arity = ArgumentArity.ZeroOrMore };
        var all = new Option<bool>("--all") { Description = "All changes and main specs." };
        var changes = new Option<bool>("--changes") { Description = "All changes." };
        var specs = new Option<bool>("--specs") { Description = "All main specs." };
        var archived = new Option<bool>("--archived") { Description = "Archived changes: whether tasks were left open." };
        var strict = new Option<bool>("--strict") { Description = "Warnings make an item invalid, too." };
        var type = new Option<string?>("--type") { Description = "What ITEM is, when a change and a spec share a name.", HelpName = "change|spec" };
        type.AcceptOnlyFromAmong("change", "spec");
        var version = new Option<string?>("--openspec-version")
        {
            Description = "Judge by the rules of an older OpenSpec, such as 1.8.0 (which rules there were, and their levels).",
            HelpName = "VERSION",
        };
        version.Validators.Add(result =>
        {
            if (!Version.TryParse(result.Tokens.Count > 0 ? result.Tokens[0].Value : null, out _))
                result.AddError("--openspec-version takes a version such as 1.8.0.");
        });
        var json = CommonOptions.Json();
        var command = new Command("validate", "Validate changes and specs as OpenSpec does. Example: wo validate --all --strict")
        {
            items, all, changes, specs, archived, strict, type, version, json,
        };
        command.SetAction(result => Run(new(
            CommonOptions.RepoFolder(result),
            result.GetValue(items) ?? [],
            Changes: result.GetValue(all) || result.GetValue(changes),
            Specs: result.GetValue(all) || result.GetValue(specs),
            Archived: result.GetValue(archived),
            Strict: result.GetValue(strict),
            result.GetValue(type),
            result.GetValue(version) is { } text ? Version.Parse(text) : null,
            Json: result.GetValue(json))));
        return command;
    }

    private static int Run(ValidateRequest request)
    {
        if (OpenSpecRoot.Find(request.Folder) is not { } root)
            return FaultOutput.Write(request.Json, "no_openspec_root", $"There is no openspec folder in {request.Folder} or above it.", "Run openspec init, or give the repository with --repo.");
        var project = new OpenSpecProject(
            new OpenSpecFolder(Path.Join(root, "openspec")), UserSchemaFolder.Options with { MaxParallelism = Environment.ProcessorCount });
        var output = new ValidateOutput(request.Json, request.Strict, request.OpenSpecVersion);
        var clock = Stopwatch.StartNew();
        if (request.Archived)
            return output.Write(root, project.ValidateArchived(), clock.Elapsed);
        if (request.Changes || request.Specs)
            return output.Write(root, project.ValidateAll(request.Changes, request.Specs), clock.Elapsed);
        return request.Items.Count == 0
            ? FaultOutput.Write(request.Json, "nothing_to_validate", "There is nothing to validate.", "Name a change or spec, or use --all, --changes or --specs.")
            : ValidateItems(request, root, project, output, clock);
    }

    private static int ValidateItems(ValidateRequest request, string root, OpenSpecProject project, ValidateOutput output, Stopwatch clock)
    {
        var reports = new List<ItemReport>();
        foreach (var item in request.Items)
        {
            var isChange = request.Type is null ? project.ChangeIds().Contains(item, StringComparer.Ordinal) : request.Type == "change";
            var isSpec = request.Type is null ? project.SpecIds().Contains(item, StringComparer.Ordinal) : request.Type == "spec";
            if (item.Split('/').Any(s => s is "" or "." or "..") || item.Contains('\\') || (request.Type == "change" && item.Contains('/')))
                return FaultOutput.Write(request.Json, "invalid_item", $"\"{item}\" is no name of a change or spec.", null);
            if (isChange && isSpec)
                return FaultOutput.Write(request.Json, "ambiguous_item", $"\"{item}\" is both a change and a spec.", "Use --type change or --type spec.");
            if (!isChange && !isSpec)
                return FaultOutput.Write(request.Json, "unknown_item", $"There is no change or spec \"{item}\".", OpenSpecRoot.Suggest(item, project));
            reports.Add(isChange ? project.ValidateChange(item) : project.ValidateSpec(item));
        }

        return output.Write(root, reports, clock.Elapsed);
    }

    private sealed record ValidateRequest(
        string Folder, IReadOnlyList<string> Items, bool Changes, bool Specs, bool Archived, bool Strict, string? Type, Version? OpenSpecVersion, bool Json);
}
