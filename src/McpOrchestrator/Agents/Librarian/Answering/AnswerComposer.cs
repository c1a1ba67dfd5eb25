using McpOrchestrator.Agents.Librarian.Passages;

namespace McpOrchestrator.Agents.Librarian.Answering;

/// <summary>Turns judged passages into an answer, or into the admission that there is none.</summary>
internal static class AnswerComposer
{
    private const int NearestShown = 3;
    private const double WorthShowing = 0.25;
    private const int LongestWhole = 600;

    // Two sources that fit equally well and name different values leave the question open.
    private const double CloseSecond = 0.97;
    private const double CloseBehind = 0.9; // what stands further behind the first is about something else
    private const double Contradicted = 0.7;

    internal static AgentAnswer Compose(Question question, IReadOnlyList<ScoredPassage> judged)
    {
        var ranked = judged.OrderByDescending(s => s.Order).ThenBy(s => s.Candidate.Rank).ToList();
        var leader = ranked.Find(s => s.Best is not null);
        var best = ranked.Find(s => s.Best is not null && s.Confidence >= PassageScorer.Threshold && s.Order >= leader!.Order * CloseBehind) ?? leader;
        if (best is null) return Unknown(ranked);
        var rival = Rival(question, best, ranked);
        var confidence = rival is null ? best.Confidence : best.Confidence * Contradicted;
        if (confidence < PassageScorer.Threshold) return Unknown(ranked, confidence);

        var evidence = new List<Evidence> { Quotes.Of(best) };
        var answer = $"{Quoted(best)} ({Source(best, evidence[0])})";
        if (question.AsksBeyond && Beyond(best, ranked) is var (passage, sentence))
        {
            var more = Quotes.Of(passage with { Best = sentence });
            if ((more.Path, more.Line) != (evidence[0].Path, evidence[0].Line))
                evidence.Add(more);
            answer += $" Beyond it: {Quoted(passage with { Best = sentence })} ({more.Path}:{LineOf(passage, sentence)})";
        }

        return new AgentAnswer(answer, Math.Round(confidence, 3), evidence);
    }

    private static AgentAnswer Unknown(List<ScoredPassage> ranked, double? confidence = null)
    {
        var nearest = ranked.OrderByDescending(s => s.Coverage).Where(s => s.Coverage >= WorthShowing).Take(NearestShown).Select(Quotes.Of).ToList();
        return new AgentAnswer(null, Math.Round(confidence ?? ranked.FirstOrDefault()?.Confidence ?? 0, 3), nearest);
    }

    private static string Quoted(ScoredPassage best)
    {
        var passage = best.Candidate.Passage;
        var whole = passage.Kind == PassageKind.Scenario && passage.Text.Length <= LongestWhole; // a THEN without its WHEN can mislead
        var text = whole ? string.Join(' ', best.Text.Sentences.Select(s => Quotes.Inline(s.Text))) : best.Candidate.Source == SourceKind.Comment ? Quotes.InlineComment(best.Best!.Text) : Quotes.Inline(best.Best!.Text);
        return $"\"{text}\"";
    }

    private static string Source(ScoredPassage best, Evidence evidence)
    {
        var line = best.Best is { } sentence ? LineOf(best, sentence) : evidence.Line;
        return $"{evidence.Path}:{line}";
    }

    private static int LineOf(ScoredPassage scored, Sentence sentence) => scored.Candidate.Passage.Line + scored.Candidate.Passage.Text.AsSpan(0, sentence.Start).Count('\n');

    /// <summary>Another passage that fits as well but has other numbers.</summary>
    private static ScoredPassage? Rival(Question question, ScoredPassage best, List<ScoredPassage> ranked)
    {
        if (question.Form != AnswerForm.Quantity) return null;
        var numbers = NumbersOf(best.Best!);
        return ranked.Find(s => s != best && s.Best is { } other && s.Confidence >= best.Confidence * CloseSecond
            && s.Candidate.Source == best.Candidate.Source && !NumbersOf(other).Overlaps(numbers));
    }

    private static HashSet<string> NumbersOf(Sentence sentence) => sentence.Stems.Where(s => char.IsDigit(s[0])).ToHashSet(StringComparer.Ordinal);

    /// <summary>What the same requirement says about going past the limit.</summary>
    private static (ScoredPassage Passage, Sentence Sentence)? Beyond(ScoredPassage best, List<ScoredPassage> ranked)
    {
        foreach (var scored in ranked.Where(s => s.Candidate.Path == best.Candidate.Path && IsSameRequirement(s.Candidate.Passage, best.Candidate.Passage)))
        {
            foreach (var sentence in scored.Text.Sentences)
            {
                if (sentence != best.Best && !sentence.IsQuestion && AnswerForms.TellsBeyond(sentence.Text)) return (scored, sentence);
            }
        }

        return null;
    }

    private static bool IsSameRequirement(Passage a, Passage b) =>
        a == b || a.Context.EndsWith(b.Title, StringComparison.Ordinal) || b.Context.EndsWith(a.Title, StringComparison.Ordinal) || (a.Context == b.Context && a.Kind == PassageKind.Scenario && b.Kind == PassageKind.Scenario);
}
