using Platform.Files;
using Workflow.Changes;
using Workflow.Documents.Text;
using Workflow.Hosting;
using Workflow.Storage;

namespace Workflow.Documents.History;

/// <summary>What the human did in a place that an update would have changed.</summary>
internal enum ShadowVerdict
{
    /// <summary>The same text stands there now.</summary>
    Same,

    /// <summary>The place was changed, in another way.</summary>
    Otherwise,

    /// <summary>The place is as it was.</summary>
    Untouched,

    /// <summary>The document is gone.</summary>
    Gone,
}

/// <summary>One place that an update would have changed.</summary>
/// <param name="Line">First line (from 1) in the document as the update found it.</param>
/// <param name="Would">What it would have said there; empty: nothing.</param>
/// <param name="Is">What stands there now, when that is neither the old nor the proposed text.</param>
internal sealed record ShadowPlace(string Path, int Line, string Would, string? Is, ShadowVerdict Verdict);

/// <summary>An update that was only recorded, and what came of its places.</summary>
internal sealed record ShadowedUpdate(UpdateRecord Update, IReadOnlyList<ShadowPlace> Places);

/// <summary>
/// Compares what shadow mode recorded with what people then did by themselves: the best evidence there is of whether the daemon may write. A place is a run of
/// lines; where the lines around it moved, it is looked for where they are now.
/// </summary>
internal sealed class ShadowReader(IStore store, Repository repository)
{
    private readonly PathGuard _guard = new(repository.Root, repository.ChangesFolder);

    /// <summary>The shadowed updates, newest first.</summary>
    public IReadOnlyList<ShadowedUpdate> Read(ChangeId? change, int limit) => store.Read(view => UpdateStore.List(view, new UpdateFilter(change, State: UpdateState.Shadowed, Limit: limit))
        .Select(update => new ShadowedUpdate(update, [.. update.Files.Where(file => file.Path != DocumentPath.Review.Value).SelectMany(file => Places(view, update, file))])).ToList());

    /// <summary>The places of one document. Pure.</summary>
    public static IReadOnlyList<ShadowPlace> Compare(string path, string before, string would, string? now)
    {
        var (old, planned) = (TextLines.Split(before), TextLines.Split(would));
        var present = TextLines.Split(now ?? "");
        var since = LineDiff.Compare(old, present);
        return [.. LineDiff.Compare(old, planned).Select(change => Compare(path, change, planned, present, since, isGone: now is null))];
    }

    private static ShadowPlace Compare(string path, LineChange change, string[] planned, string[] present, IReadOnlyList<LineChange> since, bool isGone)
    {
        var text = string.Concat(planned[change.NewStart..change.NewEnd]);
        if (isGone)
            return new ShadowPlace(path, change.OldStart + 1, text, null, ShadowVerdict.Gone);
        var touching = since.Where(other => other.OldStart <= change.OldEnd && change.OldStart <= other.OldEnd).ToArray();
        if (touching.Length == 0)
            return new ShadowPlace(path, change.OldStart + 1, text, null, ShadowVerdict.Untouched);
        var says = string.Concat(touching.Select(other => string.Concat(present[other.NewStart..other.NewEnd])));
        var isSame = text.Length == 0 ? says.Length == 0 : Normal(says).Contains(Normal(text), StringComparison.Ordinal);
        return new ShadowPlace(path, change.OldStart + 1, text, isSame ? null : says, isSame ? ShadowVerdict.Same : ShadowVerdict.Otherwise);
    }

    private static string Normal(string text) => string.Join(' ', text.Split([' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries));

    private IReadOnlyList<ShadowPlace> Places(IStoreReader view, UpdateRecord update, UpdatedFile file)
    {
        var (before, would) = (DocumentBlob.FindText(view, file.BaseHash), DocumentBlob.FindText(view, file.NewHash));
        var now = _guard.Check(update.Change, DocumentPath.Parse(file.Path), MissingFolders.None) is GuardResult.Allowed { Path: var place } ? AtomicFile.Read(place.Absolute) : null;
        return would is null ? [] : Compare(file.Path, before ?? "", would, TextLines.Decode(now));
    }
}
