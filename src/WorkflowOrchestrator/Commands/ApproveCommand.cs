using System.CommandLine;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Platform.Files;
using Workflow.Documents;
using Workflow.Hosting;

namespace Workflow.Commands;

/// <summary><c>wo approve</c>: an update, as planned or with a person's own text; or a change as it stands.</summary>
internal static class ApproveCommand
{
    public static Command Create()
    {
        var json = CommonOptions.Json();
        var subject = new Argument<string>("update") { Description = "The update's id (wo updates), or the name of a change that is right as it stands." };
        var edit = new Option<bool>("--edit") { Description = "Open the planned text in $VISUAL or $EDITOR first, and approve what you save." };
        var file = new Option<string?>("--file") { Description = "Approve with the text of this file in place of the planned one.", HelpName = "FILE" };
        var path = new Option<string?>("--path") { Description = "Which document is edited, when the update writes several.", HelpName = "PATH" };
        var command = new Command("approve", "Let a held update be written. Example: wo approve UPDATE --edit") { subject, edit, file, path, json };
        command.SetAction((result, cancellationToken) =>
        {
            var id = result.GetValue(subject)!;
            if (!UpdateId.TryParse(id, out _))
                return DaemonCommand.PrintAsync(result, json, "judge_change", new JsonObject { ["change"] = id, ["state"] = "approved" }, judged => Console.WriteLine($"{judged.Text("change")} is approved as it stands"), cancellationToken);
            return DaemonCommand.RunAsync(result, daemon => ApproveAsync(daemon, id, result.GetValue(edit), result.GetValue(file), result.GetValue(path), result.GetValue(json)), cancellationToken);
        });
        return command;
    }

    private static async Task<int> ApproveAsync(DaemonSession daemon, string id, bool edit, string? file, string? path, bool json)
    {
        var arguments = new JsonObject { ["update_id"] = id };
        if (edit || file is not null)
        {
            var text = file is not null ? await File.ReadAllTextAsync(file, daemon.CancellationToken) : await EditAsync(daemon, id, path);
            if (text is null)
                return ExitCodes.Failed;
            arguments["text"] = text;
            if (path is not null)
                arguments["path"] = path;
        }

        var decided = await daemon.CallAsync("approve_update", arguments);
        if (json)
            DaemonCommand.PrintJson(decided);
        else
            UpdatesCommand.Decided("Approved", decided);
        return ExitCodes.Done;
    }

    private static async Task<string?> EditAsync(DaemonSession daemon, string id, string? path)
    {
        var shown = await daemon.CallAsync("get_update", new JsonObject { ["update_id"] = id, ["texts"] = true });
        var texts = shown.Items("texts").Where(text => path is null ? text.Text("path") != DocumentPath.Review.Value : text.Text("path") == path).ToList();
        if (texts is not [var only] || only.GetProperty("after").ValueKind != JsonValueKind.String)
        {
            Console.Error.WriteLine(path is null ? $"The update writes {string.Join(", ", texts.Select(text => text.Text("path")))}: say with --path which of them you edit." : $"The update does not write {path}.");
            return null;
        }

        var editor = Environment.GetEnvironmentVariable("VISUAL") ?? Environment.GetEnvironmentVariable("EDITOR");
        if (string.IsNullOrWhiteSpace(editor))
        {
            Console.Error.WriteLine("Neither $VISUAL nor $EDITOR is set. Set one, or use --file FILE.");
            return null;
        }

        return await EditAsync(editor, Path.GetFileName(only.Text("path")), only.Text("after"), daemon.CancellationToken);
    }

    private static async Task<string?> EditAsync(string editor, string name, string text, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("wo-edit-").FullName;
        try
        {
            var file = Path.Combine(folder, name);
            AtomicFile.Write(file, Encoding.UTF8.GetBytes(text), "edit", bytes => bytes is null);

            // $EDITOR is by custom a command line, not a program: the shell takes it apart, and the file's name is its argument, never part of the command.
            using var process = Process.Start(new ProcessStartInfo("sh", ["-c", $"{editor} \"$1\"", "sh", file]) { UseShellExecute = false })!;
            await process.WaitForExitAsync(cancellationToken);
            if (process.ExitCode == 0)
                return await File.ReadAllTextAsync(file, cancellationToken);
            Console.Error.WriteLine($"The editor ended with code {process.ExitCode}: nothing was approved.");
            return null;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
