using Platform.Files;
using Workflow.Documents.Text;
using Workflow.Storage;

namespace Workflow.Documents;

/// <summary>What the steps look at.</summary>
internal sealed partial class UpdateSteps
{
    private bool TryReadDocuments(UpdateRecord update, UpdatePlan plan, out Dictionary<DocumentPath, byte[]?> current, out (string Why, bool IsMissing) refusal)
    {
        current = [];
        refusal = default;
        foreach (var edit in plan.Files)
        {
            var check = _guard.Check(plan.Change, edit.Path, edit.BaseHash is null ? update.MayCreate : MissingFolders.None);
            if (check is GuardResult.Refused refused)
            {
                refusal = (refused.Why, refused.IsMissing);
                return false;
            }

            try
            {
                current[edit.Path] = AtomicFile.Read(((GuardResult.Allowed)check).Path.Absolute, settings.Connection.MaxFileBytes);
            }
            catch (FileRefusedException error)
            {
                refusal = ($"{edit.Path} {error.Reason}", false);
                return false;
            }
        }

        return true;
    }

    // The documents before and after, as they were journaled.
    private PreparedUpdate Load(StoredUpdate update) => store.Read(view => new PreparedUpdate(
        [.. update.Record.Files.Select(file =>
        {
            var (before, after) = (Blob(view, file.BaseHash), Blob(view, file.NewHash));
            return new PreparedFile(DocumentPath.Parse(file.Path), before, after, Text(before), Text(after), file);
        })]));

    private static byte[]? Blob(IStoreReader view, string? hash) =>
        hash is null ? null : UpdateStore.Blob(view, hash) ?? throw new InvalidDataException($"The store has lost the document {hash}.");

    private static string? Text(byte[]? bytes) => bytes is null ? null : TextLines.Decode(bytes);

    // Three-way merge of an update into what its document has become, if they do not touch each other. What the plan was made from is known when it was
    // held before, or when another update of the same revision kept it.
    private string? Rebase(StoredUpdate update, UpdatePlan plan, DocumentPath path, string current)
    {
        var edit = plan.Files.Single(candidate => candidate.Path == path);
        var kept = update.Record.Files.FirstOrDefault(file => file.Path == path.Value);
        var (before, after) = store.Read(view => (Text(UpdateStore.Blob(view, edit.BaseHash)), Text(UpdateStore.Blob(view, kept?.NewHash))));
        if (before is null)
            return null;
        after ??= UpdatePreparer.Apply(edit, before);
        return after is not null && LineMerge.Merge(before, current, after) is MergeResult.Merged merged ? merged.Text : null;
    }

    private void Log(UpdateRecord update, UpdateState state, string? why)
    {
        if (state is UpdateState.Refused)
            logger.LogWarning(DocumentEventIds.UpdateRefused, "Update {Update} of {Change} is refused: {Why}", update.Id, update.Change, why);
        else
            logger.LogInformation(DocumentEventIds.UpdateReached, "Update {Update} of {Change} is {State}. {Why}", update.Id, update.Change, state, why);
    }
}
