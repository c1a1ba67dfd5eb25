using System.CommandLine;
using System.Text.Json;
using OpenSpec;
using OpenSpec.Editing;
using Platform.Files;
using Workflow.Changes;
using Workflow.Hosting;

namespace Workflow.Commands;

/// <summary>
/// <c>wo propose</c>: a new change to start from, which OpenSpec accepts in strict mode and would archive from the first moment on. Needs no daemon; a
/// running one sees the new change as it sees any other.
/// </summary>
internal static class ProposeCommand
{
    public static Command Create()
    {
        var title = new Argument<string>("TITLE") { Description = "What the change does, in one line." };
        var why = new Option<string?>("--why") { Description = "Why, in 50 to 1,000 characters. Default: a text to replace.", HelpName = "TEXT" };
        var capability = new Option<string?>("--capability") { Description = "Path of the capability that gets the requirement, existing or new. Default: the change id.", HelpName = "PATH" };
        var id = new Option<string?>("--id") { Description = "Change id. Default: made of the title.", HelpName = "ID" };
        var json = CommonOptions.Json();
        var command = new Command("propose", "Create a change to start from. Example: wo propose \"Remember the last search\" --capability catalogue-search")
        {
            title, why, capability, id, json,
        };
        command.SetAction(result => Run(
            CommonOptions.RepoFolder(result),
            new(result.GetRequiredValue(title), result.GetValue(why), result.GetValue(capability), result.GetValue(id)),
            result.GetValue(json)));
        return command;
    }

    private static int Run(string folder, ProposeRequest request, bool isJson)
    {
        if (OpenSpecRoot.Find(folder) is not { } root)
            return FaultOutput.Write(isJson, "no_openspec_root", $"There is no openspec folder in {folder} or above it.", "Run openspec init, or give the repository with --repo.");
        var openspec = Path.Join(root, "openspec");
        var files = new OpenSpecFolder(openspec);
        var today = DateOnly.FromDateTime(TimeProvider.System.GetLocalNow().DateTime);
        switch (ProposeDraft.Create(request, new OpenSpecProject(files), today))
        {
            case ProposeDraft.Faulty faulty:
                return FaultOutput.Write(isJson, faulty.Code, faulty.Message, null);
            case ProposeDraft.Drafted { Change: var change }:
                return ChangeWriter.Write(files, change, UserSchemaFolder.Options) switch
                {
                    NewChangeOutcome.Written written => Save(openspec, change, written.Files, request, isJson),
                    NewChangeOutcome.Rejected rejected => FaultOutput.Write(isJson, "change_rejected", string.Join('\n', rejected.Reasons), null),
                    _ => throw new InvalidOperationException("Unknown outcome of writing a change."),
                };
            default:
                throw new InvalidOperationException("Unknown draft.");
        }
    }

    private static int Save(string openspec, NewChange change, IReadOnlyDictionary<string, string> files, ProposeRequest request, bool isJson)
    {
        try
        {
            if (NewChangeFolder.Create(openspec, change.Id, files) is { } fault)
                return FaultOutput.Write(isJson, "change_exists", fault, null);
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException or FileRefusedException)
        {
            return FaultOutput.Write(isJson, "not_written", $"The change could not be written, and nothing of it is left: {ex.Message}", null);
        }

        var paths = files.Keys.Select(path => "openspec/" + path).Order(StringComparer.Ordinal).ToArray();
        if (isJson)
            WriteJson(change, paths, ProposeDraft.NextSteps(change, request));
        else
            WriteText(change, paths, ProposeDraft.NextSteps(change, request));
        return ExitCodes.Done;
    }

    private static void WriteText(NewChange change, string[] paths, IReadOnlyList<string> next)
    {
        Console.WriteLine($"Created the change {change.Id}:");
        foreach (var path in paths)
            Console.WriteLine("  " + path);
        Console.WriteLine("It is valid in strict mode and would archive. Next:");
        for (var i = 0; i < next.Count; i++)
            Console.WriteLine($"  {i + 1}. {next[i]}");
    }

    private static void WriteJson(NewChange change, string[] paths, IReadOnlyList<string> next)
    {
        using var stream = Console.OpenStandardOutput();
        using (var writer = new Utf8JsonWriter(stream, FaultOutput.Format))
        {
            writer.WriteStartObject();
            writer.WriteString("change", change.Id);
            writer.WriteString("title", change.Title);
            writer.WriteString("capability", change.Deltas[0].Capability);
            writer.WriteBoolean("new_capability", change.Deltas[0].Purpose is not null);
            WriteTexts(writer, "files", paths);
            WriteTexts(writer, "next_steps", next);
            writer.WriteEndObject();
        }

        stream.Write("\n"u8);
    }

    private static void WriteTexts(Utf8JsonWriter writer, string name, IReadOnlyList<string> texts)
    {
        writer.WriteStartArray(name);
        foreach (var text in texts)
            writer.WriteStringValue(text);
        writer.WriteEndArray();
    }
}
