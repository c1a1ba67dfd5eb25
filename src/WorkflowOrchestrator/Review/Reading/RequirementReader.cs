using OpenSpec.Documents;

namespace Workflow.Review.Reading;

/// <summary>Reads requirement blocks into sentences and steps.</summary>
internal static class RequirementReader
{
    /// <summary>Reads one block.</summary>
    /// <param name="document">The delta spec.</param>
    /// <param name="capability">Its capability.</param>
    /// <param name="operation">ADDED or MODIFIED.</param>
    /// <param name="block">The block.</param>
    /// <param name="mainSentences">Normalised sentences of the block in the main spec; null when it has none.</param>
    public static ReviewedRequirement Read(
        ReviewedDocument document, string capability, DeltaOperation operation, Requirement block, IReadOnlySet<string>? mainSentences)
    {
        var requirement = new ReviewedRequirement(document, capability, operation, block)
        {
            Statement = ReadStatement(document, block),
            Scenarios = block.Scenarios.Where(scenario => scenario.HasBody).Select(scenario => ScenarioStepReader.Read(document, scenario)).ToArray(),
        };
        if (mainSentences is not null)
        {
            foreach (var sentence in requirement.All)
                sentence.IsUnchanged = mainSentences.Contains(sentence.Normalized);
        }

        return requirement;
    }

    /// <summary>The normalised sentences of a block of a main spec.</summary>
    public static IReadOnlySet<string> SentencesOf(ReviewedDocument document, Requirement block) =>
        Read(document, "", DeltaOperation.Modified, block, null).All.Select(sentence => sentence.Normalized).ToHashSet(StringComparer.Ordinal);

    private static List<Sentence> ReadStatement(ReviewedDocument document, Requirement block)
    {
        var sentences = new List<Sentence>();
        if (block.BodySpan is { } body)
            ParagraphReader.Read(document, body.Start, body.End, SentencePlace.Statement, sentences);
        return sentences;
    }
}

/// <summary>Reads running text: paragraphs and list items, each split into sentences. Code, headers and comments are passed over.</summary>
internal static class ParagraphReader
{
    public static void Read(ReviewedDocument document, int start, int end, SentencePlace place, List<Sentence> into)
    {
        var firstLine = document.LineOf(start);
        var lastLine = document.LineOf(end);
        var (from, to) = (-1, -1);
        for (var line = firstLine; line <= lastLine; line++)
        {
            var span = document.Source.GetLineSpan(line);
            var kind = MarkdownLines.KindOf(document.Masked.AsSpan(span.Start, span.Length));
            if (from >= 0 && kind != LineKind.Text)
            {
                SentenceReader.Read(document, from, to, place, into);
                from = -1;
            }

            if (kind is LineKind.Blank or LineKind.Header)
                continue;
            if (from < 0)
                from = kind == LineKind.ListItem ? AfterMarker(document, span) : span.Start;
            to = Math.Min(span.End, end);
        }

        if (from >= 0)
            SentenceReader.Read(document, from, to, place, into);
    }

    private static int AfterMarker(ReviewedDocument document, SourceSpan line)
    {
        var text = document.Masked.AsSpan(line.Start, line.Length);
        var indent = text.Length - text.TrimStart().Length;
        return line.Start + indent + MarkdownLines.MarkerLength(text[indent..]);
    }
}
