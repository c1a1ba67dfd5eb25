using McpOrchestrator.Agents.Librarian.Index;
using McpOrchestrator.Agents.Librarian.Passages;
using McpOrchestrator.Agents.Librarian.Text;

namespace McpOrchestrator.Agents.Librarian.Answering;

/// <summary>Judges whether a passage answers a question. Prefers silence: a word that the question turns on and the passage lacks is a refusal.</summary>
internal sealed class PassageScorer(Question question, TermWeights weights, string? capability)
{
    /// <summary>Confidence from which an answer is given.</summary>
    internal const double Threshold = 0.6;

    private const double HighestRefused = 0.45;

    // What the form of the answer adds to the order by words.
    private const double ForForm = 0.065;

    // Order from which words alone are enough, and what more of it adds. Chosen where it parts the questions for tuning (see BlockRanker).
    private const double EnoughOrder = 0.46;
    private const double PerOrder = 0.75;
    private const double HighestByWords = 0.85;
    private const int FewestWords = 2;
    private const double MostOfFewWords = 0.7;
    private const double HighestConfidence = 0.98;

    // Whether it is this failure that a sentence tells of cannot be seen from its words alone.
    private const double ForFailure = 0.9;

    // A sentence longer than anybody would quote covers many words by chance.
    private const int LongestPlainSentence = 400;
    private const double ForLongSentence = 0.75;

    // How much of the subject's name must be there, by weight.
    private const double ShareOfLongName = 0.66;
    private const double ShareForAll = 0.3;

    // What a function's unsaid name counts where a quality is stated for all functions.
    private const double HeldForAll = 0.6;

    // What a passage that meets every word of the hint gains.
    private const double HintBonus = 0.03;

    // A WHEN tells what may happen, not what holds.
    private const double AsCondition = 0.6;

    // A question that names a requirement or a quality is about exactly that, and its words may not be taken loosely.
    private readonly bool _isNamed = question.Terms.Any(t => t.Role is TermRole.Subject or TermRole.WeakSubject or TermRole.Quality);

    internal ScoredPassage Score(RankedPassage ranked)
    {
        var (candidate, text) = (ranked.Candidate, ranked.Text);
        var best = BestSentence(text, candidate.Passage.Title);
        var anywhere = question.Terms.ToDictionary(t => t, t => TermCoverage.Anywhere(t, text, best));
        var near = best is null ? anywhere : question.Terms.ToDictionary(t => t, t => TermCoverage.Near(t, text, best, isWhole: candidate.Passage.Kind == PassageKind.Scenario));
        var refusal = best is null ? $"no {question.Form.ToString().ToLowerInvariant()} in it" : Refusal(near, best, text, candidate);
        var unsaid = StatesQualityForAll(text) ? HeldForAll : 0;
        var coverage = Share(t => OrHeld(t, anywhere[t], unsaid));
        var mixed = (0.55 * coverage) + (0.45 * Share(t => OrHeld(t, near[t], unsaid)));
        var raw = (0.82 * Math.Pow(mixed, 1.5)) + (HintBonus * HintShare(anywhere)) + Bonus(candidate, text, best);
        if (question.Form == AnswerForm.Failure) raw *= ForFailure;
        if (best?.Text.Length > LongestPlainSentence) raw *= ForLongSentence;
        var confidence = Math.Clamp(raw * Prior(candidate.Source), 0, HighestConfidence);
        if (refusal is not null) confidence = Math.Min(confidence, HighestRefused);
        var order = _isNamed ? confidence : ranked.Rank + (ForForm * ranked.Prior * confidence);
        var byWords = ByWords(ranked, order, best, refusal);
        return byWords <= confidence
            ? new ScoredPassage(candidate, text, coverage, confidence, order, refusal is null ? best : null, refusal)
            : new ScoredPassage(candidate, text, coverage, byWords, order, best ?? AnySentence(text), null);
    }

    /// <summary>
    /// Confidence from the words alone, for questions that name no requirement: whoever asks in his own words need not repeat the spec's. A number,
    /// or a place, that is asked for must be there all the same.
    /// </summary>
    private double ByWords(RankedPassage ranked, double order, Sentence? best, string? refusal)
    {
        // "How long are backups kept?" is not answered by how long anything else is kept.
        if (question.Form == AnswerForm.Quantity && refusal is not null) return 0;
        if (question.Terms.Count(t => t.Role != TermRole.Hint) <= FewestWords && ranked.Coverage < MostOfFewWords) return 0;
        if (_isNamed || (question.Form is AnswerForm.Quantity or AnswerForm.Definition or AnswerForm.Where && best is null)) return 0;
        if (question.Terms.Count(t => t.Role != TermRole.Hint) < FewestWords || order < EnoughOrder) return 0;
        return Math.Min(Threshold + ((order - EnoughOrder) * PerOrder), HighestByWords);
    }

    private Sentence? AnySentence(PassageText text) =>
        text.Sentences.Where(s => !s.IsQuestion).MaxBy(s => Own(s) * (AnswerForms.IsCondition(s.Text) ? AsCondition : 1));

    private static double Prior(SourceKind source) => source switch
    {
        SourceKind.Spec => 1.0,
        SourceKind.Document => 0.94,
        SourceKind.Comment => 0.9,
        _ => 0.82,
    };

    /// <summary>Why the sentence does not answer, judged by what stands in it, beside it and above it; null when it may.</summary>
    private string? Refusal(Dictionary<Term, double> near, Sentence best, PassageText text, Candidate candidate)
    {
        if (IsAboutAnotherSubject(near, best, text, candidate)) return "does not speak of the subject";
        foreach (var term in question.Terms.Where(t => near[t] <= 0))
        {
            if (term.Role == TermRole.Quality || (term.Role == TermRole.Plain && weights.IsRare(term.Stem))) return $"does not speak of '{term.Stem}'";
        }

        // "… within 2 seconds" somewhere in the capability 'checkout' need not be the latency of 'Checkout'.
        if (!StatesQualityForAll(text) && question.Terms.Any(t => t.Role == TermRole.Quality && near[t] is TermCoverage.ByCue)
            && question.Terms.Any(t => t.Role == TermRole.Subject) && !question.Terms.Any(t => t.Role == TermRole.Subject && near[t] > TermCoverage.InContext)) return "speaks of the subject only in its surroundings";
        return question.Terms.Any(t => t.Role != TermRole.Hint) ? null : "the question has no subject";
    }

    private bool IsAboutAnotherSubject(Dictionary<Term, double> near, Sentence best, PassageText text, Candidate candidate)
    {
        var subjects = question.Terms.Where(t => t.Role == TermRole.Subject).ToList();
        if (subjects.Count == 0) return false;
        if (StatesQualityForAll(text)) return ShareOf([.. question.Terms.Where(t => t.Role is TermRole.Subject or TermRole.WeakSubject)], t => near[t]) < ShareForAll;
        if (ThinksAloud(candidate)) return true;
        if (subjects.TrueForAll(t => near[t] <= TermCoverage.BySynonym)) return true; // not one word of the name itself
        Func<Term, double> cover = MustStandWithName ? t => IsNamed(t, best, text, candidate) ? 1 : 0 : t => near[t];
        return subjects.Count <= 2 ? subjects.Exists(t => cover(t) <= 0) : ShareOf(subjects, cover) < ShareOfLongName;
    }

    // Failures and numbers are everywhere. Without a quality to tie it to, such a sentence must name the subject itself or stand under its name.
    private bool MustStandWithName =>
        question.Form == AnswerForm.Failure
        || (question.Form == AnswerForm.Quantity && !question.Terms.Any(t => t.Role == TermRole.Quality));

    // What was weighed in a design or a plan is no rule for a requirement of today; a recorded clarification is.
    private static bool ThinksAloud(Candidate candidate) =>
        candidate.Source == SourceKind.Archive && candidate.Passage.Kind == PassageKind.Section && candidate.Passage.Title != "Clarifications";

    private static bool IsNamed(Term term, Sentence best, PassageText text, Candidate candidate) =>
        best.Stems.Contains(term.Stem) || text.Title.Contains(term.Stem) || (candidate.Passage.Kind == PassageKind.Scenario && text.Body.Contains(term.Stem));

    private double ShareOf(List<Term> terms, Func<Term, double> cover) => terms.Sum(t => weights.Of(t.Stem) * cover(t)) / terms.Sum(t => weights.Of(t.Stem));

    /// <summary>"Response times" in a capability holds for each of its functions, so not every word of the function's name need be there.</summary>
    private bool StatesQualityForAll(PassageText text) =>
        question.Form == AnswerForm.Quantity && Qualities.NamesOnlyQuality(text.Title) && question.Terms.Any(t => t.Role == TermRole.Quality && (text.Title.Contains(t.Stem) || Synonyms.Of(t.Stem).Any(text.Title.Contains)));

    private static double OrHeld(Term term, double cover, double unsaid) => term.Role == TermRole.Subject ? Math.Max(cover, unsaid) : cover;

    private double Share(Func<Term, double> cover)
    {
        double sum = 0, whole = 0;
        foreach (var term in question.Terms.Where(t => t.Role != TermRole.Hint))
        {
            var weight = weights.Of(term.Stem) * WeightOf(term.Role);
            whole += weight;
            sum += weight * cover(term);
        }

        return whole > 0 ? sum / whole : 0;
    }

    /// <summary>How much of the hint is met. What an asker tells besides the question can only help: however long it is, it demands nothing.</summary>
    private static double HintShare(Dictionary<Term, double> covered)
    {
        var hints = covered.Where(pair => pair.Key.Role == TermRole.Hint).ToList();
        return hints.Count == 0 ? 0 : hints.Average(pair => pair.Value);
    }

    private static double WeightOf(TermRole role) => role switch
    {
        TermRole.Quality => 1.2,
        TermRole.WeakSubject => 0.35,
        TermRole.Hint => 0.06,
        _ => 1.0,
    };

    private Sentence? BestSentence(PassageText text, string title)
    {
        Sentence? best = null;
        var highest = double.NegativeInfinity;
        for (var i = 0; i < text.Sentences.Count; i++)
        {
            var sentence = text.Sentences[i];
            if (sentence.IsQuestion || !AnswerForms.Fits(question, sentence.Text, sentence.Stems, title)) continue;
            var score = Own(sentence);
            if (AnswerForms.IsCondition(sentence.Text)) score *= AsCondition;
            if (i > 0) score += (text.Sentences[i - 1].IsQuestion ? 0.9 : 0.3) * Own(text.Sentences[i - 1]);
            if (score <= highest) continue;
            highest = score;
            best = sentence;
        }

        return best;
    }

    private double Own(Sentence sentence)
    {
        double sum = 0;
        foreach (var term in question.Terms)
        {
            sum += TermCoverage.In(term, sentence) * weights.Of(term.Stem) * WeightOf(term.Role);
        }

        return sum;
    }

    private double Bonus(Candidate candidate, PassageText text, Sentence? best)
    {
        var bonus = 0.0;
        if (best is not null && question.Form != AnswerForm.Statement) bonus += 0.06;
        if (question.Phrases.Any(p => p.Count > 1 && Contains(text.Sequence, p))) bonus += 0.06;
        if (text.Title.Count > 0) bonus += 0.08 * text.Title.Count(s => StopWords.Contains(s) || question.Terms.Any(t => t.Role != TermRole.Hint && t.Stem == s)) / text.Title.Count;
        if (candidate.Passage.Kind != PassageKind.Section) bonus += 0.02;
        if (best is not null && AnswerForms.IsObligation(best.Text)) bonus += 0.04;
        if (question.Form == AnswerForm.Failure && candidate.Passage.Kind == PassageKind.Scenario) bonus += 0.04;
        if (capability is { Length: > 0 } && Sources.CapabilityOf(candidate.Path) == capability) bonus += 0.03;
        return bonus + (0.08 * Adjacent(text));
    }

    /// <summary>Share of the question's neighbouring word pairs that stand close together in the passage.</summary>
    private double Adjacent(PassageText text)
    {
        var stems = question.Terms.Where(t => t.Role != TermRole.Hint).Select(t => t.Stem).ToList();
        if (stems.Count < 2) return 0;
        var pairs = 0;
        for (var i = 0; i + 1 < stems.Count; i++)
        {
            if (text.AreNear(stems[i], stems[i + 1])) pairs++;
        }

        return (double)pairs / (stems.Count - 1);
    }

    private static bool Contains(IReadOnlyList<string> sequence, IReadOnlyList<string> phrase)
    {
        for (var i = 0; i + phrase.Count <= sequence.Count; i++)
        {
            var k = 0;
            while (k < phrase.Count && sequence[i + k] == phrase[k]) k++;
            if (k == phrase.Count) return true;
        }

        return false;
    }
}
