namespace Workflow.Review.Reading;

/// <summary>Where a sentence stands: what it says weighs differently.</summary>
internal enum SentencePlace
{
    /// <summary>The statement of a requirement.</summary>
    Statement,
    Given,
    When,
    Then,

    /// <summary>Text of a scenario outside its steps, or of another document.</summary>
    Other,
}

/// <summary>A sentence of a document, without list marker and step keyword.</summary>
internal sealed class Sentence(ReviewedDocument document, int start, int end, SentencePlace place)
{
    private Word[]? _words;
    private bool? _isBinding;

    public ReviewedDocument Document => document;

    public int Start => start;

    public int End => end;

    public SentencePlace Place => place;

    /// <summary>Whether the main spec has the same sentence in the same requirement: not the author's change.</summary>
    public bool IsUnchanged { get; internal set; }

    public IReadOnlyList<Word> Words => _words ??= Reading.Words.Of(document.Masked, start, end);

    /// <summary>Whether it holds SHALL or MUST.</summary>
    public bool IsBinding => _isBinding ??= Words.Any(word => word.IsBinding);

    /// <summary>Whether a test would judge by it: a binding sentence or an outcome.</summary>
    public bool IsTestable => place == SentencePlace.Then || IsBinding;

    public ReadOnlySpan<char> Text => document.Text.AsSpan(start, end - start);

    public bool HasNumber => Words.Any(word => word.IsNumber) || Text.ContainsAnyInRange('0', '9');

    /// <summary>The sentence with every run of blanks as one: equal for texts that differ only in line breaks.</summary>
    public string Normalized => string.Join(' ', Text.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    /// <summary>What a hidden word hides.</summary>
    public string HiddenText(Word word)
    {
        var after = word.Start;
        while (after < document.Masked.Length && document.Masked[after] == TextMask.Hidden)
            after++;
        return document.Text[word.Start..after];
    }

    public override string ToString() => Text.ToString();
}
