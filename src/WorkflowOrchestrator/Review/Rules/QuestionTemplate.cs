using System.Text;

namespace Workflow.Review.Rules;

/// <summary>The question of a rule, with slots such as <c>{name}</c>.</summary>
/// <param name="Cause">What it is about; one question is enough for a requirement and a cause.</param>
/// <param name="Text">One sentence that names everything it talks about.</param>
internal sealed record QuestionTemplate(QuestionCause Cause, string Text)
{
    public IReadOnlyList<string> Options { get; init; } = [];

    public string? Default { get; init; }

    /// <summary>Fills the slots.</summary>
    /// <exception cref="InvalidOperationException">The template has a slot without a value.</exception>
    public FindingQuestion Fill(params ReadOnlySpan<(string Slot, string Value)> values)
    {
        var text = new StringBuilder(Text.Length + 64);
        for (var at = 0; at < Text.Length;)
        {
            var open = Text.IndexOf('{', at);
            if (open < 0)
            {
                text.Append(Text, at, Text.Length - at);
                break;
            }

            var close = Text.IndexOf('}', open);
            text.Append(Text, at, open - at).Append(ValueOf(Text.AsSpan(open + 1, close - open - 1), values));
            at = close + 1;
        }

        return new FindingQuestion(text.ToString(), Options, Default) { Cause = Cause };
    }

    private string ValueOf(ReadOnlySpan<char> slot, ReadOnlySpan<(string Slot, string Value)> values)
    {
        foreach (var (name, value) in values)
        {
            if (slot.SequenceEqual(name))
                return value;
        }

        throw new InvalidOperationException($"The question \"{Text}\" has no value for {{{slot}}}.");
    }
}
