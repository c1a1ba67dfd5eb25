using OpenSpec.Documents;
using Workflow.Review.Reading;

namespace Workflow.Review.BuiltIn;

/// <summary>
/// Comments such as <c>&lt;!-- review: ignore vague-word, open-list --&gt;</c>, or without ids for all rules. Inside a requirement such a comment
/// speaks for that requirement; above the first requirement, or in a file without requirements, for the file.
/// </summary>
internal sealed class InlineSuppressions
{
    private const string Marker = "review: ignore";

    private readonly List<(int At, string[] Rules)> _comments = [];
    private readonly int _firstRequirement;

    private InlineSuppressions(string text)
    {
        var first = text.IndexOf("\n### ", StringComparison.Ordinal);
        _firstRequirement = first < 0 ? int.MaxValue : first;
        for (var at = text.IndexOf("<!--", StringComparison.Ordinal); at >= 0; at = text.IndexOf("<!--", at + 4, StringComparison.Ordinal))
        {
            var end = text.IndexOf("-->", at + 4, StringComparison.Ordinal);
            if (end < 0)
                return;
            var comment = text.AsSpan(at + 4, end - at - 4).Trim();
            if (comment.StartsWith(Marker, StringComparison.OrdinalIgnoreCase))
                _comments.Add((at, comment[Marker.Length..].ToString().Split([',', ' ', '\t', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries)));
        }
    }

    public static InlineSuppressions Of(ReviewedDocument document) => new(document.Text);

    /// <summary>Whether a comment tells a rule to be silent at a place.</summary>
    public bool Hides(string rule, int at, SourceSpan? requirement)
    {
        foreach (var (place, rules) in _comments)
        {
            var speaks = place < _firstRequirement || (requirement is { } block && place >= block.Start && place < block.End && at >= block.Start);
            if (speaks && (rules.Length == 0 || rules.Contains(rule, StringComparer.Ordinal)))
                return true;
        }

        return false;
    }
}
