using System.Globalization;
using OpenSpec.Documents;
using OpenSpec.Editing;
using Workflow.Questions;

namespace Workflow.Documents.Drafting;

/// <summary>
/// <c>## Clarifications</c> in <c>proposal.md</c>: one bullet an answered question, with the answer and its source. A bullet is known by the
/// question's id in a comment at its end, so it is written once; a bullet that a person has edited is theirs and stays.
/// </summary>
internal static class Clarifications
{
    private const string Title = "Clarifications";
    private const int MaxAnswer = 2000;

    /// <summary>The edits that bring the section up to date; empty when nothing is missing.</summary>
    public static IReadOnlyList<TextEdit> Draft(string proposal, IReadOnlyList<QuestionView> answered)
    {
        var newline = NewlineOf(proposal);
        var edits = new List<TextEdit>();
        var missing = new List<string>();
        foreach (var view in answered.Where(view => view.Answer is not null).OrderBy(view => view.Question.Id.Value, StringComparer.Ordinal))
        {
            var bullet = Bullet(view.Question, view.Answer!);
            if (!proposal.Contains(Marker(view.Question), StringComparison.Ordinal))
                missing.Add(bullet);
            else if (!proposal.Contains(bullet, StringComparison.Ordinal) && FindOwn(proposal, view) is { } own)
                edits.Add(new TextEdit(own.Start, own.Text, bullet));
        }

        if (missing.Count > 0 && Insertion(proposal, missing, newline) is { } insertion)
            edits.Add(insertion);
        return edits;
    }

    /// <summary>Who answered and from what.</summary>
    public static string Source(Answer answer)
    {
        var who = answer.IsHuman ? "you" : string.Create(CultureInfo.InvariantCulture, $"{Markdown.Line(answer.AnsweredBy)}, confidence {answer.Confidence:0.00}");
        var where = answer.Evidence.Select(evidence => string.Create(CultureInfo.InvariantCulture, $"{evidence.Path}:{evidence.Line}")).Distinct(StringComparer.Ordinal).Take(3);
        return string.Join("; ", where.Select(Markdown.Code).Prepend(who));
    }

    private static string Bullet(Question question, Answer answer) =>
        $"- **{Markdown.Line(question.Text)}** {Markdown.Shorten(Markdown.Line(answer.Text), MaxAnswer)} ({Source(answer)}) {Marker(question)}";

    private static string Marker(Question question) => $"<!-- {question.Id.Value} -->";

    // The bullet as it was written for an earlier answer, unless a person has changed it since.
    private static (int Start, string Text)? FindOwn(string proposal, QuestionView view)
    {
        foreach (var earlier in view.Alternatives)
        {
            var text = Bullet(view.Question, earlier);
            var start = proposal.IndexOf(text, StringComparison.Ordinal);
            if (start >= 0)
                return (start, text);
        }

        return null;
    }

    // Null when there is no place where a heading would count.
    private static TextEdit? Insertion(string proposal, List<string> bullets, string newline)
    {
        var body = string.Join(newline, bullets) + newline;
        if (Find(Proposal.Parse(proposal).Sections) is not { } section)
        {
            if (!IsOpenAtEnd(proposal))
                return null;
            var gap = proposal.Length == 0 || proposal is "\uFEFF" ? "" : EndsLine(proposal) ? newline : newline + newline;
            return new TextEdit(proposal.Length, "", $"{gap}## {Title}{newline}{newline}{body}");
        }

        var end = (section.HasContent ? section.ContentSpan : section.Header).End;
        end = EndOfLine(proposal, end, out var closed);
        return new TextEdit(end, "", (closed ? "" : newline) + (section.HasContent ? "" : newline) + body);
    }

    private static Section? Find(IReadOnlyList<Section> sections)
    {
        foreach (var section in sections)
        {
            if (section.Level == 2 && section.Title.Equals(Title, StringComparison.OrdinalIgnoreCase))
                return section;
            if (Find(section.Children) is { } child)
                return child;
        }

        return null;
    }

    // A heading behind an unclosed code fence or comment would be a part of it.
    private static bool IsOpenAtEnd(string proposal)
    {
        const string probe = "wo-probe";
        return Proposal.Parse($"{proposal}\n## {probe}\n").Find(probe) is not null
            && proposal.LastIndexOf("<!--", StringComparison.Ordinal) <= proposal.LastIndexOf("-->", StringComparison.Ordinal);
    }

    // Behind the line end that follows offset; closed tells whether there was one.
    private static int EndOfLine(string text, int offset, out bool closed)
    {
        while (offset < text.Length && text[offset] is not ('\n' or '\r'))
            offset++;
        closed = offset < text.Length;
        if (!closed)
            return offset;
        return text[offset] == '\r' && offset + 1 < text.Length && text[offset + 1] == '\n' ? offset + 2 : offset + 1;
    }

    private static bool EndsLine(string text) => text[^1] is '\n' or '\r';

    private static string NewlineOf(string text)
    {
        var crlf = text.AsSpan().Count("\r\n");
        return crlf > 0 && crlf * 2 >= text.AsSpan().Count('\n') ? "\r\n" : "\n";
    }
}
