using OpenSpec.Documents;

namespace OpenSpec.Parsing;

/// <summary>Reads a delta spec in one pass over its lines.</summary>
internal sealed class DeltaReader(TextDocument document)
{
    private readonly DeltaSpec _spec = new(document);
    private DeltaOperation? _operation;
    private string? _section;
    private int _sectionLine;
    private int _block = -1;
    private string _blockName = "";
    private (string Name, SourceSpan Span)? _pendingFrom;

    public DeltaSpec Read()
    {
        for (var i = 0; i < document.LineCount; i++)
        {
            if (document.IsFenced(i))
                continue;
            var line = document.At(i);
            if (Headers.Level(line) == 2)
                EnterSection(i, line);
            else if (_operation is null)
                ReadOutside(i, line);
            else if (_operation is DeltaOperation.Renamed)
                ReadRename(i, line);
            else
                ReadEntry(i, line);
        }

        CloseSection(document.LineCount);
        _spec.UnpairedList.Sort((a, b) => a.Span.Line - b.Span.Line);
        return _spec;
    }

    public static DeltaOperation? OperationOf(ReadOnlySpan<char> title)
    {
        if (EcmaText.EqualsIgnoreAsciiCase(title, "ADDED Requirements"))
            return DeltaOperation.Added;
        if (EcmaText.EqualsIgnoreAsciiCase(title, "MODIFIED Requirements"))
            return DeltaOperation.Modified;
        if (EcmaText.EqualsIgnoreAsciiCase(title, "REMOVED Requirements"))
            return DeltaOperation.Removed;
        return EcmaText.EqualsIgnoreAsciiCase(title, "RENAMED Requirements") ? DeltaOperation.Renamed : null;
    }

    private void EnterSection(int index, ReadOnlySpan<char> line)
    {
        CloseBlock(index);
        // "## " without a title ends a requirement block but opens no section.
        if (!Headers.TryTitle(line, 2, out var title))
            return;
        CloseSection(index);
        _section = title.ToString();
        _operation = OperationOf(title);
        _sectionLine = index;
    }

    private void ReadOutside(int index, ReadOnlySpan<char> line)
    {
        if (Headers.TryRequirement(line, out var name))
            _spec.OrphanList.Add(new(name.ToString(), _section, document.GetLineSpan(index + 1)));
    }

    private void ReadEntry(int index, ReadOnlySpan<char> line)
    {
        if (Headers.TryRequirement(line, out var name))
        {
            CloseBlock(index);
            _block = index;
            _blockName = name.ToString();
        }
        else if (_operation is DeltaOperation.Removed)
        {
            ReadRemovedBullet(index, line);
        }
        else if (TrySkippedHeader(line, out var title))
        {
            _spec.SkippedList.Add(new(title.ToString(), _operation!.Value, document.GetLineSpan(index + 1)));
        }
    }

    private void ReadRemovedBullet(int index, ReadOnlySpan<char> line)
    {
        var text = EcmaText.TrimStart(line);
        if (text.Length == 0 || text[0] is not ('-' or '*' or '+'))
            return;
        if (!Headers.TryQuotedRequirement(EcmaText.TrimStart(text[1..]), out var name))
            return;
        // A bullet below a header belongs to that header's block only as text; its entry is its own.
        CloseBlock(index);
        _spec.RemovedList.Add(new(name.ToString(), document.GetLineSpan(index + 1), IsBullet: true));
    }

    private void ReadRename(int index, ReadOnlySpan<char> line)
    {
        var text = EcmaText.TrimStart(line);
        if (text.Length > 0 && text[0] is '-' or '*' or '+')
            text = EcmaText.TrimStart(text[1..]);
        var span = document.GetLineSpan(index + 1);
        if (text.StartsWith("FROM:") && Headers.TryQuotedRequirement(EcmaText.TrimStart(text[5..]), out var from))
        {
            DropPendingFrom();
            _pendingFrom = (from.ToString(), span);
        }
        else if (text.StartsWith("TO:") && Headers.TryQuotedRequirement(EcmaText.TrimStart(text[3..]), out var to))
        {
            if (_pendingFrom is { } pending)
                _spec.RenamedList.Add(new(pending.Name, to.ToString(), pending.Span, span));
            else
                _spec.UnpairedList.Add(new(IsFrom: false, to.ToString(), span));
            _pendingFrom = null;
        }
    }

    private void DropPendingFrom()
    {
        if (_pendingFrom is { } pending)
            _spec.UnpairedList.Add(new(IsFrom: true, pending.Name, pending.Span));
        _pendingFrom = null;
    }

    private void CloseBlock(int end)
    {
        if (_block < 0)
            return;
        if (_operation is DeltaOperation.Removed)
            _spec.RemovedList.Add(new(_blockName, document.SpanOfLines(_block, end), IsBullet: false));
        else
            (_operation is DeltaOperation.Added ? _spec.AddedList : _spec.ModifiedList).Add(new(document, _blockName, _block, end));
        _block = -1;
    }

    private void CloseSection(int end)
    {
        CloseBlock(end);
        DropPendingFrom();
        if (_section is null)
            return;
        _spec.SectionList.Add(new(_section, _operation, document.GetLineSpan(_sectionLine + 1), document.SpanOfLines(_sectionLine, end)));
    }

    /// <summary><c>^###\s+(.+?)\s*$</c> on a line that is no requirement header.</summary>
    private static bool TrySkippedHeader(ReadOnlySpan<char> line, out ReadOnlySpan<char> title)
    {
        title = default;
        if (Headers.Level(line) != 3)
            return false;
        var rest = line[3..];
        title = EcmaText.Trim(rest);
        return title.Length > 0 ? EcmaText.IsDotRun(title) : rest[1..].IndexOfAnyExcept('\u2028', '\u2029') >= 0;
    }
}
