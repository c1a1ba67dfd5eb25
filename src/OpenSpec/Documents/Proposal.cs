using OpenSpec.Parsing;

namespace OpenSpec.Documents;

/// <summary>A <c>proposal.md</c>.</summary>
public sealed class Proposal
{
    private Proposal(MarkdownDocument outline) => Outline = outline;

    /// <summary>The text and its lines.</summary>
    public TextDocument Source => Outline.Source;

    /// <summary>The tree of headers.</summary>
    public MarkdownDocument Outline { get; }

    /// <summary>All top sections.</summary>
    public IReadOnlyList<Section> Sections => Outline.Sections;

    /// <summary>The section that says why; null when there is none.</summary>
    public Section? Why => Outline.Find("Why");

    /// <summary>The section that says what changes; null when there is none.</summary>
    public Section? WhatChanges => Outline.Find("What Changes");

    /// <summary>The first level-1 header, without <c>Change:</c>; null when there is none. Fences are not looked at, as in the original.</summary>
    public string? Title
    {
        get
        {
            for (var i = 0; i < Source.LineCount; i++)
            {
                var line = Source.At(i);
                if (Headers.Level(line) != 1 || !Headers.TryTitle(line, 1, out var title))
                    continue;
                if (EcmaText.StartsWithIgnoreAsciiCase(title, "change:") && title.Length > 8 && EcmaText.IsSpace(title[7]))
                    title = EcmaText.Trim(title[8..]);
                return title.ToString();
            }

            return null;
        }
    }

    /// <summary>Reads a proposal. Any text is one.</summary>
    public static Proposal Parse(string text) => new(MarkdownDocument.Parse(text));

    /// <summary>The first section with this title at any level, ignoring ASCII case.</summary>
    public Section? Find(string title) => Outline.Find(title);
}
