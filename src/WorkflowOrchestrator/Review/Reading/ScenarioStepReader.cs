using OpenSpec.Documents;

namespace Workflow.Review.Reading;

/// <summary>
/// Reads the steps of a scenario. OpenSpec does not look at them; real documents write <c>- **WHEN** …</c>, <c>- WHEN …</c>, <c>WHEN …</c>,
/// <c>**When** …</c>, or several on one line.
/// </summary>
internal static class ScenarioStepReader
{
    public static ReviewedScenario Read(ReviewedDocument document, Scenario scenario)
    {
        var steps = new List<ReviewedStep>();
        var state = new StepCollector(document, steps);
        var last = document.LineOf(scenario.Span.End);
        for (var line = scenario.Header.Line + 1; line <= last; line++)
            state.Line(document.Source.GetLineSpan(line));
        state.Flush();
        return new ReviewedScenario(scenario.Name, scenario.Header, steps);
    }

    private sealed class StepCollector(ReviewedDocument document, List<ReviewedStep> steps)
    {
        private StepKeyword _keyword;
        private SentencePlace _place = SentencePlace.Other;
        private int _from = -1;
        private int _to;

        public void Line(SourceSpan span)
        {
            var masked = document.Masked;
            var text = masked.AsSpan(span.Start, span.Length);
            if (text.Trim().IsEmpty)
            {
                Flush();
                return;
            }

            var indent = text.Length - text.TrimStart().Length;
            var marker = MarkdownLines.MarkerLength(text[indent..]);
            var at = span.Start + indent + marker;
            if (IsHiddenLine(text) || text[indent] == '|')
            {
                Flush();
                MarkDetail();
                if (text[indent] == '|')
                    Begin(StepKeyword.None, at, span.End);
                return;
            }

            if (StepKeywords.AtLineStart(masked, at, span.End, marker > 0) is { } found)
            {
                Flush();
                Begin(found.Keyword, found.TextStart, span.End);
            }
            else if (marker > 0 || _from < 0)
            {
                Flush();
                if (marker > 0)
                    MarkDetail();
                Begin(StepKeyword.None, at, span.End);
            }
            else
            {
                _to = span.End;
            }

            SplitAtInnerKeywords(Math.Max(_from, span.Start), span.End);
        }

        public void Flush()
        {
            if (_from < 0)
                return;
            var sentences = new List<Sentence>();
            SentenceReader.Read(document, _from, _to, _place, sentences);
            steps.Add(new ReviewedStep(_keyword, _place, _from, Math.Max(_from, _to), sentences));
            _from = -1;
        }

        private void Begin(StepKeyword keyword, int from, int to)
        {
            _keyword = keyword;
            _place = keyword switch
            {
                StepKeyword.Given => SentencePlace.Given,
                StepKeyword.When => SentencePlace.When,
                StepKeyword.Then => SentencePlace.Then,
                _ => _place,
            };
            (_from, _to) = (Math.Min(from, to), to);
        }

        private void SplitAtInnerKeywords(int from, int lineEnd)
        {
            while (StepKeywords.Inside(document.Masked, from, lineEnd) is { } inner)
            {
                _to = inner.Start;
                Flush();
                Begin(inner.Keyword, inner.TextStart, lineEnd);
                from = _from;
            }
        }

        private void MarkDetail()
        {
            for (var i = steps.Count - 1; i >= 0; i--)
            {
                if (steps[i].Keyword == StepKeyword.None)
                    continue;
                steps[i] = steps[i] with { HasDetailBelow = true };
                return;
            }
        }

        private static bool IsHiddenLine(ReadOnlySpan<char> line)
        {
            foreach (var c in line)
            {
                if (c != TextMask.Hidden && !char.IsWhiteSpace(c))
                    return false;
            }

            return true;
        }
    }
}
