using System.Text;
using OpenSpec.Editing;
using Platform.Files;
using Workflow.Changes;
using Workflow.Documents;
using Workflow.Hosting;
using Workflow.Storage;

namespace Workflow.Feedback.Improvements;

/// <summary>Brings improvements into the repository as OpenSpec changes, through the same gates and the same journal as any other update.</summary>
internal sealed class ImprovementWriter(Repository repository, IStore store, IDocumentUpdates documents, ChangeArchiver archiver, TimeProvider time)
{
    /// <summary>Stores an improvement together with the update that writes its change.</summary>
    /// <returns>Why it was not proposed; null when it was.</returns>
    public async Task<string?> ProposeAsync(Improvement improvement, NewChange change, CancellationToken cancellationToken)
    {
        var outcome = ChangeWriter.Write(new OpenSpecFolder(repository.OpenSpecDirectory), change, UserSchemaFolder.Options);
        if (outcome is NewChangeOutcome.Rejected rejected)
            return string.Join(" ", rejected.Reasons);
        var root = $"changes/{change.Id}/";
        var edits = ((NewChangeOutcome.Written)outcome).Files.OrderBy(file => file.Key, StringComparer.Ordinal)
            .Select(file => (FileEdit)new FileEdit.Whole(DocumentPath.Parse(file.Key[root.Length..]), null, file.Value))
            .ToArray();
        var plan = new UpdatePlan(UpdateId.New(time), ChangeId.Parse(change.Id), RevisionHasher.Compute([]), edits, UpdateKinds.NewChange, $"proposed by the feedback loop: {improvement.Title}");
        await store.WriteAsync(
            transaction =>
            {
                var id = documents.Plan(transaction, plan);
                ImprovementStore.Insert(transaction, improvement with { UpdateId = id.Value });
            },
            cancellationToken);
        return null;
    }

    /// <summary>What became of the update that writes an improvement's change.</summary>
    public UpdateRecord? Update(Improvement improvement) => UpdateId.TryParse(improvement.UpdateId, out var id) ? documents.Find(id) : null;

    /// <summary>Whether its change is in the repository.</summary>
    public bool IsThere(Improvement improvement) => Directory.Exists(Folder(improvement));

    /// <summary>Plans the verdict: a section of the proposal, and the tasks ticked. False when there is nothing to write it into.</summary>
    public async Task<bool> WriteVerdictAsync(Improvement improvement, CancellationToken cancellationToken)
    {
        var edits = new List<FileEdit>();
        AddEdit(edits, improvement, DocumentPath.Proposal, text => text.Contains("\n## Verdict\n", StringComparison.Ordinal)
            ? []
            : [new TextEdit(text.Length, "", (text.EndsWith('\n') ? "" : "\n") + ImprovementDraft.Verdict(improvement, improvement.StateAt))]);
        AddEdit(edits, improvement, DocumentPath.Tasks, Ticks);
        if (edits.Count == 0)
            return false;
        var change = ChangeId.Parse(improvement.Id);
        var plan = new UpdatePlan(UpdateId.New(time), change, RevisionHasher.Compute([]), edits, UpdateKinds.TextEdit, $"verdict: {improvement.State.ToString().ToLowerInvariant()}");
        await store.WriteAsync(transaction => ImprovementStore.SetUpdate(transaction, improvement.Id, documents.Plan(transaction, plan).Value, written: 1), cancellationToken);
        return true;
    }

    /// <summary>Moves the change into the archive.</summary>
    public async Task ArchiveAsync(Improvement improvement, CancellationToken cancellationToken)
    {
        if (!await archiver.ArchiveAsync(ChangeId.Parse(improvement.Id), $"{improvement.State.ToString().ToLowerInvariant()}: archived by the feedback loop", cancellationToken))
            return; // the next turn tries again
        await store.WriteAsync(transaction => ImprovementStore.SetUpdate(transaction, improvement.Id, improvement.UpdateId ?? "", written: 2), cancellationToken);
    }

    private void AddEdit(List<FileEdit> edits, Improvement improvement, DocumentPath path, Func<string, IReadOnlyList<TextEdit>> change)
    {
        if (AtomicFile.Read(Path.Combine(Folder(improvement), path.Value)) is not { } bytes)
            return;
        var made = change(Encoding.UTF8.GetString(bytes));
        if (made.Count > 0)
            edits.Add(new FileEdit.Patch(path, RevisionHasher.HashDocument(bytes), made));
    }

    private static List<TextEdit> Ticks(string text)
    {
        const string open = "- [ ] ";
        var ticks = new List<TextEdit>();
        for (var at = text.IndexOf(open, StringComparison.Ordinal); at >= 0; at = text.IndexOf(open, at + open.Length, StringComparison.Ordinal))
            ticks.Add(new TextEdit(at, open, "- [x] "));
        return ticks;
    }

    private string Folder(Improvement improvement) => Path.Combine(repository.ChangesFolder, improvement.Id);
}
