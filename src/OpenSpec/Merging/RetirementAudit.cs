using OpenSpec.Documents;
using OpenSpec.Parsing;

namespace OpenSpec.Merging;

/// <summary>
/// Whether a main spec may be deleted with its last requirement: only if nothing in it is outside title, purpose, requirement statements
/// and scenario steps, so that nothing is lost unmentioned.
/// </summary>
internal sealed class RetirementAudit
{
    private readonly List<string> _leftovers = [];

    /// <summary>The lines that the deletion would take along, each once, in order; empty when the spec may be deleted.</summary>
    public static IReadOnlyList<string> Find(MainSpec spec)
    {
        var audit = new RetirementAudit();
        var section = spec.Block;
        var text = spec.Source;
        audit.CheckHead(text, section.HeaderLine < 0 ? text.LineCount : section.HeaderLine);
        if (section.HeaderLine >= 0)
        {
            audit.CheckLoose(text, section.HeaderLine + 1, section.FirstBlockLine);
            audit.CheckLoose(text, section.EndLine, text.LineCount);
        }

        foreach (var requirement in spec.Requirements)
            new BlockAudit(LineReader.ReadAny(requirement.Text), audit._leftovers).Run();
        return audit._leftovers.Distinct(StringComparer.Ordinal).ToArray();
    }

    private void CheckHead(TextDocument text, int end)
    {
        var isPurpose = false;
        var hasTitle = false;
        var previous = "";
        for (var i = 0; i < end; i++)
        {
            var line = text.At(i);
            if (EcmaText.IsBlank(line))
            {
                previous = "";
                continue;
            }

            if (!text.IsFenced(i) && TryHeading(line, previous, ref isPurpose, ref hasTitle))
            {
                previous = line.ToString();
                continue;
            }

            previous = line.ToString();
            if (!isPurpose)
                Add(line);
        }
    }

    /// <summary>Whether a line is a heading of the part above the requirements; all but the title and the purpose are left over.</summary>
    private bool TryHeading(ReadOnlySpan<char> line, string previous, ref bool isPurpose, ref bool hasTitle)
    {
        var text = MarkdownLine.WithoutIndent(line);
        if (Headers.Level(text) == 2 && Headers.TryTitle(text, 2, out var title))
        {
            isPurpose = EcmaText.EqualsIgnoreAsciiCase(title, "purpose");
            if (!isPurpose)
                Add(line);
            return true;
        }

        var isUnderline = isPurpose && previous.Length > 0 && MarkdownLine.IsUnderline(line);
        if (isUnderline || (MarkdownLine.IsHtmlHeading(text) && text.Length > 0))
        {
            Add(isUnderline ? previous : line);
            isPurpose = false;
            return true;
        }

        if (Headers.Level(text) != 1 || !Headers.TryTitle(text, 1, out _))
            return false;
        if (!hasTitle && !isPurpose)
        {
            hasTitle = true;
        }
        else
        {
            Add(line);
            isPurpose = false;
        }

        return true;
    }

    private void CheckLoose(TextDocument text, int first, int end)
    {
        for (var i = first; i < end; i++)
        {
            if (!EcmaText.IsBlank(text.At(i)))
                Add(text.At(i));
        }
    }

    private void Add(ReadOnlySpan<char> line) => _leftovers.Add(EcmaText.Trim(line).ToString());

    /// <summary>The same for the lines of one requirement block.</summary>
    private sealed class BlockAudit(TextDocument lines, List<string> leftovers)
    {
        private bool _hasScenario;
        private bool _isInSteps;
        private bool _hasSteps;
        private int _itemIndent = -1;
        private bool _isParagraphOpen;

        public void Run()
        {
            if (ForeignTail.Find(lines.Text) is { } tail)
                leftovers.Add(tail.Heading);
            for (var i = 0; i < lines.LineCount; i++)
            {
                if (EcmaText.IsBlank(lines.At(i)))
                    CloseParagraph();
                else if (i > 0)
                    Check(i, lines.At(i));
            }
        }

        private void CloseParagraph()
        {
            // Only a blank line after actual steps ends them; one between header and first step does not.
            if (_hasSteps)
                _isInSteps = false;
            _itemIndent = -1;
            _isParagraphOpen = false;
        }

        private void Check(int index, ReadOnlySpan<char> line)
        {
            var isInItem = _itemIndent >= 0 && MarkdownLine.Indent(line) >= _itemIndent;
            var text = isInItem ? MarkdownLine.DropIndent(line, _itemIndent) : line;
            if (lines.IsFenced(index))
            {
                if (!isInItem)
                    _itemIndent = -1;
                _isParagraphOpen = false;
                return;
            }

            if (index > 1 && MarkdownLine.IsUnderline(text) && !EcmaText.IsBlank(lines.At(index - 1)))
            {
                Add(lines.At(index - 1));
                _itemIndent = -1;
                _isParagraphOpen = false;
                return;
            }

            var continues = isInItem || (_isParagraphOpen && _isInSteps && !MarkdownLine.InterruptsParagraph(text));
            if (continues && !MarkdownLine.IsHeading(text))
            {
                _isParagraphOpen = !MarkdownLine.InterruptsParagraph(text);
                return;
            }

            Classify(line);
        }

        private void Classify(ReadOnlySpan<char> line)
        {
            var isBullet = MarkdownLine.TryBullet(line, out var contentIndent);
            _itemIndent = isBullet ? contentIndent : -1;
            _isParagraphOpen = isBullet;
            if (MarkdownLine.IsScenarioHeader(line))
            {
                _hasScenario = true;
                _isInSteps = true;
                _hasSteps = false;
            }
            else if (isBullet && _isInSteps)
            {
                _hasSteps = true;
            }
            else if (_hasScenario || (!isBullet && EcmaText.TrimStart(line)[0] is '|' or '<'))
            {
                Add(line);
            }
        }

        private void Add(ReadOnlySpan<char> line) => leftovers.Add(EcmaText.Trim(line).ToString());
    }
}
