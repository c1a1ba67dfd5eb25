using Platform.Files;
using Workflow.Changes;
using Workflow.Documents.Text;
using Workflow.Hosting;
using Workflow.Questions;
using Workflow.Storage;

namespace Workflow.Documents.History;

/// <summary>
/// Who did what to a document: its applied updates in the order in which they reached it, and what people changed between them, which shows in the hashes that
/// each update found and left. Nothing has to be recorded for that while people edit.
/// </summary>
internal sealed class DocumentHistory(IStore store, Repository repository, IQuestions questions)
{
    private readonly PathGuard _guard = new(repository.Root, repository.ChangesFolder);

    /// <summary>Documents of a change that updates have changed.</summary>
    public IReadOnlyList<DocumentPath> PathsOf(ChangeId change) =>
        [.. store.Read(view => view.Query<string>(
            "SELECT DISTINCT f.path FROM update_plan p JOIN update_file f ON f.update_id = p.id WHERE p.change_id = @Change AND p.applied_seq IS NOT NULL ORDER BY f.path",
            new { Change = change.Value })).Select(DocumentPath.Parse)];

    /// <summary>Everything that happened to a document, oldest first; empty when no update has touched it.</summary>
    public IReadOnlyList<HistoryEntry> Of(ChangeId change, DocumentPath path)
    {
        var now = Now(change, path);
        return store.Read(view =>
        {
            var entries = new List<HistoryEntry>();
            HistoryEntry.ByUpdate? last = null;
            foreach (var entry in UpdatesOf(view, change, path))
            {
                if (last is null ? entry.File.BaseHash is not null : last.File.NewHash != entry.File.BaseHash)
                    entries.Add(Between(view, path, last, entry, last?.File.NewHash, entry.File.BaseHash));
                entries.Add(last = entry);
            }

            if (last is not null && HashOf(now) != last.File.NewHash)
                entries.Add(Between(path, DocumentBlob.FindText(view, last.File.NewHash), TextLines.Decode(now), last, null));
            return entries;
        });
    }

    /// <summary>Explains a line as it stands on disk; null when the document or the line is not there.</summary>
    /// <param name="change">The change.</param>
    /// <param name="path">The document.</param>
    /// <param name="line">From 1.</param>
    public LineExplanation? Explain(ChangeId change, DocumentPath path, int line)
    {
        if (Now(change, path) is not { } bytes || TextLines.Decode(bytes) is not { } text || TextLines.Split(text) is not { } lines || line < 1 || line > lines.Length)
            return null;
        var walk = store.Read(view => new Walk(view, UpdatesOf(view, change, path), lines, line - 1, HashOf(bytes), questions).Run());
        return new LineExplanation(path.Value, line, lines[line - 1].TrimEnd('\r', '\n'), walk.Origins, walk.IsCut);
    }

    private static HistoryEntry.ByHuman Between(IStoreReader view, DocumentPath path, HistoryEntry.ByUpdate? last, HistoryEntry.ByUpdate next, string? from, string? to) =>
        Between(path, DocumentBlob.FindText(view, from), DocumentBlob.FindText(view, to), last, next);

    private static HistoryEntry.ByHuman Between(DocumentPath path, string? from, string? to, HistoryEntry.ByUpdate? last, HistoryEntry.ByUpdate? next)
    {
        var (added, removed) = LineDiff.Count(from, to);
        return new HistoryEntry.ByHuman(path.Value, added, removed, last?.At, next?.At);
    }

    private static List<HistoryEntry.ByUpdate> UpdatesOf(IStoreReader view, ChangeId change, DocumentPath path) => UpdateStore.AppliedTo(view, change, path.Value)
        .Select(update => new HistoryEntry.ByUpdate(update, update.Files.Single())).ToList();

    private byte[]? Now(ChangeId change, DocumentPath path)
    {
        try
        {
            return _guard.Check(change, path, MissingFolders.CreateChange) is GuardResult.Allowed { Path: var place } ? AtomicFile.Read(place.Absolute) : null;
        }
        catch (FileRefusedException)
        {
            return null; // a link or a device now: no document
        }
    }

    private static string? HashOf(byte[]? bytes) => bytes is null ? null : RevisionHasher.HashDocument(bytes);

    /// <summary>Goes back from the present text, version by version, until the line is nobody's but its first writer's.</summary>
    private sealed class Walk(IStoreReader view, List<HistoryEntry.ByUpdate> entries, string[] lines, int index, string? hash, IQuestions questions)
    {
        private readonly List<LineOrigin> _origins = [];
        private string[] _lines = lines;
        private int _index = index;
        private string? _hash = hash;

        public (IReadOnlyList<LineOrigin> Origins, bool IsCut) Run()
        {
            for (var i = entries.Count - 1; i >= 0 && _index >= 0; i--)
            {
                var entry = entries[i];
                if (entry.File.NewHash != _hash && !StepBack(entry.File.NewHash, new LineOrigin.ByHuman(entry.Update, i + 1 < entries.Count ? entries[i + 1].Update : null)))
                    return Cut();
                if (_index < 0)
                    break;
                if (!StepOver(ref i))
                    return Cut();
            }

            if (_index >= 0)
                _origins.Add(new LineOrigin.ByHuman(null, entries.Count > 0 ? entries[0].Update : null));
            return (_origins, false);
        }

        // To the text before; false when it is not kept.
        private bool StepBack(string? olderHash, LineOrigin origin)
        {
            if (!TryLines(olderHash, out var older))
                return false;
            var traced = LineTrace.Back(older, _lines, _index);
            if (traced.IsChanged)
                _origins.Add(origin);
            (_lines, _index, _hash) = (older, traced.Index, olderHash);
            return true;
        }

        private bool StepOver(ref int at)
        {
            var entry = entries[at];
            if (!TryLines(entry.File.BaseHash, out var older))
                return false;
            var traced = LineTrace.Back(older, _lines, _index);
            if (traced.IsChanged && FindUndone(entry, at) is { } undone)
                return StepBeforeUndone(entry, undone, ref at);
            if (traced.IsChanged)
                _origins.Add(new LineOrigin.ByUpdate(entry.Update, LineQuestions.Of(entry.Update, _lines[_index], traced.Block, questions), IsRestored: false));
            (_lines, _index, _hash) = (older, traced.Index, entry.File.BaseHash);
            return true;
        }

        // An undo brought the line back: it is as old as it was before the update that the undo took back.
        private bool StepBeforeUndone(HistoryEntry.ByUpdate undo, int undone, ref int at)
        {
            if (!TryLines(entries[undone].File.BaseHash, out var older))
                return false;
            _origins.Add(new LineOrigin.ByUpdate(undo.Update, [], IsRestored: true));
            var line = _lines[_index];
            (_lines, _index, _hash) = (older, Array.IndexOf(older, line), entries[undone].File.BaseHash);
            at = undone;
            return true;
        }

        private int? FindUndone(HistoryEntry.ByUpdate entry, int at)
        {
            var found = entry.Update.Undoes is { } id ? entries.FindIndex(0, at, earlier => earlier.Update.Id == id) : -1;
            return found >= 0 && TryLines(entries[found].File.BaseHash, out var older) && older.Contains(_lines[_index]) ? found : null;
        }

        private bool TryLines(string? hash, out string[] lines)
        {
            lines = [];
            if (hash is null)
                return true; // it did not exist
            if (DocumentBlob.FindText(view, hash) is not { } text)
                return false;
            lines = TextLines.Split(text);
            return true;
        }

        private (IReadOnlyList<LineOrigin> Origins, bool IsCut) Cut()
        {
            if (_origins.Count == 0)
                _origins.Add(new LineOrigin.ByHuman(null, entries.Count > 0 ? entries[^1].Update : null));
            return (_origins, true);
        }
    }
}
