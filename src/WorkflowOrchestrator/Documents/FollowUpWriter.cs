using OpenSpec.Editing;
using Platform.Files;
using Workflow.Changes;
using Workflow.Documents.Text;
using Workflow.Hosting;
using Workflow.Questions;
using Workflow.Storage;

namespace Workflow.Documents;

/// <summary>
/// Turns what an applied update made stale into work: a renamed requirement's mentions are an update of their own (held like every rename), an amount that stands
/// elsewhere is a question. Stored in the transaction that ends the update, so that neither is lost nor done twice.
/// </summary>
internal sealed class FollowUpWriter(Repository repository, UpdateStore updates, IQuestions questions, TimeProvider time)
{
    private const string Yes = "Yes, change it too";
    private const string No = "No, it is right as it is";

    // A document larger than this, or a repository with more open changes, is not searched: a follow-up is a service, not a duty.
    private const int MaxDocumentBytes = 512 * 1024;
    private const int MaxOpenChanges = 200;

    /// <summary>What the update would make stale, in its own change and in the other open ones; reads them from disk.</summary>
    public IReadOnlyList<FollowUp> Find(UpdateRecord update, PreparedUpdate prepared) =>
        update.Undoes is not null || prepared.Files.All(file => file.TextBefore is null || file.TextAfter is null || file.Summary.LinesRemoved == 0)
            ? []
            : FollowUps.Find(prepared, Others(update, prepared));

    /// <summary>Stores follow-ups with their questions and updates.</summary>
    public void Write(IStoreTransaction transaction, UpdateRecord update, IReadOnlyList<FollowUp> found)
    {
        foreach (var group in found.GroupBy(one => (one.Change, one.Path)))
        {
            var own = Plan(update, group.Key.Change, group.Key.Path, [.. group.Where(one => one.IsName)]);
            var planned = own is null ? (UpdateId?)null : updates.Insert(transaction, own);
            foreach (var one in group)
            {
                var question = own is not null && one.IsName ? null : questions.Ask(transaction, Question(update, one));
                transaction.Execute(
                    """
                    INSERT INTO follow_up(update_id, change_id, path, line, quote, why, question_id, follow_update, at)
                    VALUES (@Update, @Change, @Path, @Line, @Quote, @Why, @Question, @FollowUpdate, @Now)
                    """,
                    new
                    {
                        Update = update.Id.Value,
                        Change = one.Change.Value,
                        Path = one.Path.Value,
                        one.Line,
                        one.Quote,
                        one.Why,
                        Question = question?.Id.Value,
                        FollowUpdate = question is null ? planned?.Value : null,
                        Now = time.GetUtcNow().ToUnixTimeMilliseconds(),
                    });
                transaction.Append(new NewEvent(EventTypes.UpdateFollowUp, one.Change.Value, null, update.Id.Value, new { path = one.Path.Value, line = one.Line, question = question?.Id.Value, update = question is null ? planned?.Value : null }));
            }
        }
    }

    private static NewQuestion Question(UpdateRecord update, FollowUp one) => new($"{one.Why}. Should it follow?", "documents")
    {
        ChangeId = one.Change,
        Context = $"Update {update.Id} of {update.Change}: {update.Reason}",
        Options = [Yes, No],
        Identity = $"follow-up|{one.Change.Value}|{one.Path.Value}|{one.Old}|{one.New}|{one.Quote.Trim()}",
    };

    // The whole name in every line that has it. Made from what stands on disk now; if that moves, the update is planned no more.
    private UpdatePlan? Plan(UpdateRecord update, ChangeId change, DocumentPath path, FollowUp[] mentions)
    {
        if (mentions.Length == 0 || Read(change, path) is not { } bytes || TextLines.Decode(bytes) is not { } text)
            return null;
        var edits = new List<TextEdit>();
        var start = 0;
        var number = 0;
        foreach (var line in TextLines.Split(text))
        {
            number++;
            if (mentions.FirstOrDefault(one => one.Line == number) is { } mention && FollowUps.IndexOfWords(line, mention.Old) is >= 0 and var at)
                edits.Add(new TextEdit(start + at, line.Substring(at, mention.Old.Length), mention.New));
            start += line.Length;
        }

        var revision = change == update.Change && update.NewRevision is { } now ? now : update.Revision;
        return edits.Count == 0
            ? null
            : new UpdatePlan(UpdateId.New(time), change, revision, [new FileEdit.Patch(path, RevisionHasher.HashDocument(bytes), edits)], UpdateKinds.TextEdit | UpdateKinds.Rename, $"follows the new name '{mentions[0].New}' of '{mentions[0].Old}'")
            {
                Model = update.Model,
                QuestionIds = update.QuestionIds,
            };
    }

    private List<OtherDocument> Others(UpdateRecord update, PreparedUpdate prepared)
    {
        var touched = prepared.Files.Select(file => file.Path).ToHashSet();
        var others = new List<OtherDocument>();
        foreach (var change in OpenChanges(update.Change))
        {
            foreach (var path in DocumentsOf(change).Where(path => !path.IsReview && !(change == update.Change && touched.Contains(path))))
            {
                if (TextLines.Decode(Read(change, path)) is { } text)
                    others.Add(new OtherDocument(change, path, text));
            }
        }

        return others;
    }

    private IEnumerable<ChangeId> OpenChanges(ChangeId own) =>
        Directory.Exists(repository.ChangesFolder)
            ? Directory.EnumerateDirectories(repository.ChangesFolder).Select(Path.GetFileName).Select(name => ChangeId.TryParse(name, out var id) ? id : (ChangeId?)null).OfType<ChangeId>()
                .OrderBy(id => id != own).ThenBy(id => id.Value, StringComparer.Ordinal).Take(MaxOpenChanges)
            : [];

    private IEnumerable<DocumentPath> DocumentsOf(ChangeId change)
    {
        foreach (var known in new[] { DocumentPath.Proposal, DocumentPath.Design, DocumentPath.Tasks })
            yield return known;
        var specs = Path.Combine(repository.ChangesFolder, change.Value, "specs");
        if (!Directory.Exists(specs))
            yield break;
        foreach (var folder in Directory.EnumerateDirectories(specs))
        {
            if (DocumentPath.TryParse($"specs/{Path.GetFileName(folder)}/spec.md", out var path, out _))
                yield return path;
        }
    }

    private byte[]? Read(ChangeId change, DocumentPath path)
    {
        try
        {
            return AtomicFile.Read(Path.Combine(repository.ChangesFolder, change.Value, Path.Combine(path.Value.Split('/'))), MaxDocumentBytes);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or FileRefusedException)
        {
            return null; // not searched
        }
    }
}
