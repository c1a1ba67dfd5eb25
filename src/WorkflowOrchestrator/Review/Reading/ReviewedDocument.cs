using System.Collections.Frozen;
using OpenSpec.Documents;

namespace Workflow.Review.Reading;

/// <summary>A file of the change, or a main spec, prepared for the rules.</summary>
/// <param name="path">Relative to the change folder (main specs: to the <c>openspec</c> folder), with '/'.</param>
/// <param name="source">The text and its lines.</param>
internal sealed class ReviewedDocument(string path, TextDocument source)
{
    // Function words that make up about a third of any English text, and hardly any other language's.
    private static readonly FrozenSet<string> EnglishWords =
        new[] { "the", "a", "an", "of", "to", "and", "is", "in", "for", "with", "that", "be", "or", "on", "by", "are", "not", "it", "from", "as" }.ToFrozenSet();

    // The first pages tell the language; a document does not change it in the middle.
    private const int LanguageSample = 6_000;

    private string? _masked;
    private bool? _isEnglish;

    public string Path => path;

    public string Text => source.Text;

    public TextDocument Source => source;

    /// <summary>The text with everything hidden that its author only mentions (see <see cref="TextMask"/>).</summary>
    public string Masked => _masked ??= TextMask.Of(source.Text);

    /// <summary>Whether rules that miss English words may judge this text: at least one word in twenty is an English function word.</summary>
    public bool IsEnglish => _isEnglish ??= JudgeLanguage();

    public int LineOf(int offset) => source.GetPosition(offset).Line;

    private bool JudgeLanguage()
    {
        var words = Words.Of(Masked, 0, Math.Min(Masked.Length, LanguageSample));
        var (letters, english) = (0, 0);
        foreach (var word in words)
        {
            if (word.IsHidden || word.IsNumber)
                continue;
            // a run of Han or Kana is one "word" here but many for its reader
            letters += char.IsAscii(word.Text[0]) ? 1 : word.Text.Length;
            english += EnglishWords.Contains(word.Lower) ? 1 : 0;
        }

        return letters > 0 && english * 20 >= letters;
    }
}
