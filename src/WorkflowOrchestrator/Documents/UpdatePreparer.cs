using OpenSpec.Editing;
using Workflow.Changes;
using Workflow.Documents.Text;

namespace Workflow.Documents;

/// <summary>Works out what a plan does to the documents as they are. Pure.</summary>
internal static class UpdatePreparer
{
    /// <summary>Applies a plan in memory.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="current">The bytes of each document of the plan now; null when it does not exist.</param>
    /// <param name="merge">
    /// How to go on when a document is not what the plan was made from: gets the document's path and its text now, gives the text that it should have
    /// after the update, or null. Null: such a plan is <see cref="Preparation.BaseMoved"/>.
    /// </param>
    public static Preparation Prepare(UpdatePlan plan, IReadOnlyDictionary<DocumentPath, byte[]?> current, Func<DocumentPath, string, string?>? merge = null)
    {
        if (plan.Files.Count == 0)
            return new Preparation.Refused("the plan has no edits");
        if (plan.Files.Select(file => file.Path).Distinct().Count() != plan.Files.Count)
            return new Preparation.Refused("the plan names a document twice");
        var files = new List<PreparedFile>();
        foreach (var edit in plan.Files)
        {
            switch (Prepare(edit, current[edit.Path], merge))
            {
                case (null, { } ended):
                    return ended;
                case ({ Changes: true } file, _):
                    files.Add(file);
                    break;
            }
        }

        return new Preparation.Complete(new PreparedUpdate(files));
    }

    private static (PreparedFile? File, Preparation? Ended) Prepare(FileEdit edit, byte[]? before, Func<DocumentPath, string, string?>? merge)
    {
        var text = TextLines.Decode(before);
        if (before is not null && text is null)
            return (null, new Preparation.Refused($"{edit.Path} is not UTF-8"));
        var hash = before is null ? null : RevisionHasher.HashDocument(before);
        if (hash != edit.BaseHash)
        {
            var merged = text is null ? null : merge?.Invoke(edit.Path, text);
            return merged is null ? (null, new Preparation.BaseMoved(Moved(edit, before))) : Finish(edit.Path, before, text, hash, merged);
        }

        return edit switch
        {
            FileEdit.Whole whole => Finish(edit.Path, before, text, hash, whole.Text),
            FileEdit.Delete => Finish(edit.Path, before, text, hash, null),
            FileEdit.Patch patch => TextEdits.Apply(text!, patch.Edits) switch
            {
                EditOutcome.Edited edited => Finish(edit.Path, before, text, hash, edited.Text),
                EditOutcome.Conflict conflict => (null, new Preparation.Refused($"{edit.Path}: {conflict.Reason}")),
                _ => throw new InvalidOperationException("Unknown edit outcome."),
            },
            _ => throw new InvalidOperationException($"Unknown edit {edit.GetType().Name}."),
        };
    }

    /// <summary>The text after an edit of the text that it was made from; null when it does not fit, or the document goes away.</summary>
    public static string? Apply(FileEdit edit, string before) => edit switch
    {
        FileEdit.Whole whole => whole.Text,
        FileEdit.Patch patch => TextEdits.Apply(before, patch.Edits) is EditOutcome.Edited edited ? edited.Text : null,
        _ => null,
    };

    private static (PreparedFile? File, Preparation? Ended) Finish(DocumentPath path, byte[]? before, string? textBefore, string? hash, string? textAfter)
    {
        var after = textAfter is null ? null : TextLines.Encode(textAfter);
        if (textAfter is not null && after is null)
            return (null, new Preparation.Refused($"{path}: the new text is not valid Unicode"));
        if (textAfter?.Contains('\0') == true)
            return (null, new Preparation.Refused($"{path}: the new text holds a NUL character"));
        var (added, removed) = LineDiff.Count(textBefore, textAfter);
        var summary = new UpdatedFile(path.Value, hash, after is null ? null : RevisionHasher.HashDocument(after), added, removed);
        return (new PreparedFile(path, before, after, textBefore, textAfter, summary), null);
    }

    private static string Moved(FileEdit edit, byte[]? before) => (edit.BaseHash, before) switch
    {
        (null, _) => $"{edit.Path} exists now",
        (_, null) => $"{edit.Path} is gone",
        _ => $"{edit.Path} has been changed since the plan was made",
    };
}
