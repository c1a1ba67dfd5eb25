using System.Buffers;
using System.Text.RegularExpressions;
using Workflow.Review.Reading;

namespace Workflow.Review.Rules;

/// <summary>
/// Text that is aimed at the reviewer instead of its readers: instructions to a model, forged delimiters and roles, tool calls. It looks at the whole text,
/// comments and code included, because that is where such text hides. Nothing depends on it finding everything: it makes an attempt visible.
/// </summary>
/// <remarks>Source: OWASP Top 10 for LLM applications, LLM01 prompt injection.</remarks>
internal sealed class HiddenInstructionRule : ReviewRule
{
    private const int LongestSign = 400;

    private static readonly string[] Signs =
    [
        """\b(ignore|disregard|forget|override|bypass)\b[^.\n]{0,30}\b(previous|prior|above|earlier|all|your|these|the|system)\b[^.\n]{0,20}\b(instructions?|rules|prompts?|guidelines|findings|checks)\b""",
        """<\|?/?(im_start|im_end|system|assistant|eot_id|start_header_id|end_header_id|endoftext)\|?>""",
        """\[/?INST\]|<</?SYS>>""",
        """(^|\n)[ \t>*#-]*(system|assistant|developer)([ \t]+(prompt|message)[ \t]*:|[ \t]*:[ \t]*(you|ignore|the review|approve))""",
        """\b(you are now|from now on,? you|new instructions?:|reveal (your|the) (system )?prompt|your system prompt)""",
        """\b(ai|llm|model|reviewer|assistant|agent|chatbot|gpt)s?\b[^.\n]{0,40}\b(must|should|shall|please|:)[ \t]+[^.\n]{0,40}\b(approve|ignore|dismiss|not report|skip|report no|return an empty|answer with|output only|rate)\b""",
        """\b(mark|treat|set|flag|consider|record)\b[^.\n]{0,40}\b(as[ \t]+(already[ \t]+)?(approved|dismissed|fixed|answered by (the )?human|safe)|status[ \t]*=?[ \t]*(approved|applied))\b""",
        """\b(approve_update|submit_answer|reject_update|undo_update|tool_calls?|function_call)\b["']?[ \t]*[:=({]""",
        """\b(write|save|append|copy|create|add|delete|overwrite|edit)\b[^.\n]{0,60}(\.\./|\.\.\\|~/\.(bash|zsh|profile|ssh|gitconfig)|/etc/(passwd|shadow|cron|sudoers|ssh|profile)|\.git/(hooks|config)|\.ssh/)""",
        """\b(return|output|answer|reply|respond)\b[^.\n]{0,30}(\{"?findings"?|empty (list|array) of findings|"?findings"?[ \t]*[:=][ \t]*\[\]|no findings)""",
        """\b(do not|don't|never)[ \t]+(report|mention|flag|show|tell|list)\b[^.\n]{0,40}\b(this|these|any|finding|findings|issue|issues|user|human|anyone)\b[^.\n]{0,30}\b(finding|findings|issues?|comment|instruction|text|requirement)\b""",
        """-----(BEGIN|END) NEW TEXT-----""",
        """(DATA-[0-9a-f]{6,}|<<<|>>>)[ \t]*\n""",
    ];

    // Linear in the text whatever it holds: no backtracking.
    private static readonly Regex Aimed =
        new(string.Join('|', Signs), RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture);

    // Every sign holds one of these.
    private static readonly SearchValues<string> Needed = SearchValues.Create(
        [
            "ignore", "disregard", "forget", "override", "bypass", "im_start", "im_end", "system|", "<system", "</system", "<|", "<assistant", "</assistant", "endoftext", "eot_id", "header_id", "[inst", "[/inst", "<<",
            ">>>", "prompt", "message", "system:", "system :", "system\t", "assistant:", "assistant :", "assistant\t", "developer:", "developer :", "developer\t", "you are now", "from now on", "new instruction", "approve",
            "dismiss", "not report", "skip", "report no", "return an empty", "answer with", "output only", "rate", "fixed", "answered", "safe", "applied", "submit_answer", "reject_update", "undo_update", "tool_call",
            "function_call", "../", "..\\", "~/.", "/etc/", ".git/", ".ssh", "finding", "do not", "don't", "never", "data-", "new text",
        ],
        StringComparison.OrdinalIgnoreCase);

    public override string Id => "aimed-at-reviewer";

    public override int Number => 26;

    public override string Title => "Text that gives instructions to the reviewer";

    public override FindingSeverity Severity => FindingSeverity.Warning;

    /// <summary>Whether a text, an answer for example, gives instructions to whoever reads it as a model, or hides characters.</summary>
    public static bool IsAimed(string text) => FirstMatch(text) is not null || HiddenCharactersRule.First(text) is not null;

    public override IEnumerable<RuleHit> Check(ReviewedChange change)
    {
        foreach (var document in change.All)
        {
            if (FirstMatch(document.Text) is not { } at)
                continue;
            var from = at;
            while (from < document.Text.Length - 1 && (char.IsWhiteSpace(document.Text[from]) || document.Text[from] is '>' or '*' or '#' or '-'))
                from++;
            var line = document.Source.GetLineSpan(document.LineOf(from));
            yield return new RuleHit(document, line, Math.Min(from, line.End), Severity, "This text gives instructions to whoever reviews it. It was not followed.") with
            {
                Suggestion = "Remove it, or put it into a code span if the change is about such texts.",
                Requirement = change.Requirements.FirstOrDefault(requirement => requirement.Document == document && from >= requirement.Block.Span.Start && from < requirement.Block.Span.End),
            };
        }
    }

    // Only lines with a word that a sign needs are looked at closely: most texts have none.
    private static int? FirstMatch(string text)
    {
        for (var at = 0; at < text.Length;)
        {
            var found = text.AsSpan(at).IndexOfAny(Needed);
            if (found < 0)
                return null;
            // The line around it, with both line ends because some signs stand at one; of a very long line, pieces that overlap by the longest sign.
            var place = at + found;
            var start = Math.Max(Math.Max(0, text.LastIndexOf('\n', place)), place - LongestSign);
            var lineEnd = text.IndexOf('\n', Math.Min(text.Length, place + 1)) is >= 0 and var next ? next + 1 : text.Length;
            var end = Math.Min(lineEnd, place + 2 * LongestSign);
            foreach (var match in Aimed.EnumerateMatches(text.AsSpan(start, end - start)))
                return start + match.Index;
            at = end == lineEnd ? Math.Max(end, place + 1) : place + LongestSign;
        }

        return null;
    }
}

/// <summary>Characters that people do not see and models read: zero-width, direction marks, tag characters.</summary>
/// <remarks>Source: Unicode Technical Report 36, "Unicode security considerations"; Trojan Source (CVE-2021-42574).</remarks>
internal sealed class HiddenCharactersRule : ReviewRule
{
    public override string Id => "hidden-characters";

    public override int Number => 26;

    public override string Title => "Characters that cannot be seen";

    public override FindingSeverity Severity => FindingSeverity.Warning;

    public override IEnumerable<RuleHit> Check(ReviewedChange change)
    {
        foreach (var document in change.All)
        {
            if (First(document.Text) is not { } at)
                continue;
            var line = document.Source.GetLineSpan(document.LineOf(at));
            yield return new RuleHit(document, line, Math.Clamp(at, line.Start, line.End), Severity, $"There are characters here that cannot be seen (the first is U+{char.ConvertToUtf32(document.Text, at):X4}).") with
            {
                Suggestion = "Remove them: people and programs would read different texts.",
            };
        }
    }

    /// <summary>Place of the first one; null when there is none.</summary>
    public static int? First(string text)
    {
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] < '\u00AD' || (char.IsSurrogate(text[at]) && !char.IsSurrogatePair(text, at)) || char.IsLowSurrogate(text[at]))
                continue;
            if (IsHidden(text, at))
                return at;
        }

        return null;
    }

    private static bool IsHidden(string text, int at) => char.ConvertToUtf32(text, at) switch
    {
        0x200B or (>= 0x2060 and <= 0x2064) or (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069) or 0x180E or 0x115F or 0x3164 => true,
        0xFEFF => at > 0,
        // Emoji flags of regions end with a tag character; a run without that base is text in disguise.
        >= 0xE0000 and <= 0xE007F => at < 2 || char.ConvertToUtf32(text, at - 2) is not (0x1F3F4 or (>= 0xE0000 and <= 0xE007F)) || !IsFlag(text, at),
        // joiners belong to emoji and to many scripts, and never between Latin letters
        0x200C or 0x200D or 0x00AD => at > 0 && at + 1 < text.Length && char.IsAsciiLetter(text[at - 1]) && char.IsAsciiLetter(text[at + 1]) && text[at] != '\u00AD',
        _ => false,
    };

    private static bool IsFlag(string text, int at)
    {
        var start = at;
        while (start >= 2 && char.IsLowSurrogate(text[start - 1]) && char.ConvertToUtf32(text, start - 2) is >= 0xE0000 and <= 0xE007F)
            start -= 2;
        return start >= 2 && char.IsLowSurrogate(text[start - 1]) && char.ConvertToUtf32(text, start - 2) == 0x1F3F4 && at - start <= 12;
    }
}
